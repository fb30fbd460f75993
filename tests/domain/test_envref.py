"""References are resolved once, from what is given, and name what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.envref import (
    references,
    resolve,
    substitute,
    unknown_references,
    variables,
)
from migrations_app.domain.errors import ConfigError
from tests.domain.plan.strategies import JSON

if TYPE_CHECKING:
    from pydantic import JsonValue


def test_references_are_resolved_however_deep() -> None:
    config: JsonValue = {
        "a": ["x ${env:A}/${env:B}", {"b": "${env:A}"}],
        "n": 5,
        "none": None,
        "t": True,
    }
    assert resolve(config, {"A": "1", "B": "2"}) == {
        "a": ["x 1/2", {"b": "1"}],
        "n": 5,
        "none": None,
        "t": True,
    }


def test_what_a_reference_gives_is_not_resolved_again() -> None:
    assert resolve("${env:A}", {"A": "${env:B}", "B": "secret"}) == "${env:B}"


@pytest.mark.parametrize("environ", [{}, {"TOKEN": ""}])
def test_a_missing_variable_is_named_with_its_place(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve({"auth": [{"bearer": "${env:TOKEN}"}]}, environ, "sources.metrics.config")
    assert caught.value.path == "sources.metrics.config.auth[0].bearer"
    assert "needs the environment variable TOKEN, which is not set" in caught.value.message


def test_no_value_is_ever_in_an_error() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(["${env:A}", "${env:GONE}"], {"A": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_variables_do_not_work_in_configurations() -> None:
    with pytest.raises(ConfigError, match="works in queries only"):
        resolve("${var:A}", {"A": "x"})


def test_variables_are_filled_in_and_the_rest_is_left_alone() -> None:
    text = "x{${var:side}}[${window}] ${env:A} $1 ${"
    assert substitute(text, {"side": 'a="b"'}) == 'x{a="b"}[${window}] ${env:A} $1 ${'


def test_a_variable_that_is_not_set_is_named_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"checks\[0\]\.query: uses \$\{var:GONE\}"):
        substitute("${var:GONE}", {}, "checks[0].query")


def test_what_a_variable_gives_is_not_filled_in_again() -> None:
    assert substitute("${var:A}", {"A": "${var:B}", "B": "x"}) == "${var:B}"


def test_names_are_found() -> None:
    assert references({"a": ["${env:A} ${env:B}", "${var:C}"]}) == {"A", "B"}
    assert variables("${env:A} ${var:C}${var:D}") == {"C", "D"}


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("${env:A} ${var:B}", []),
        ("${window}", ["${window}"]),
        ("${ENV:A} ${env:} ${env:1}", ["${ENV:A}", "${env:}", "${env:1}"]),
        ("${env:A", ["${env:A"]),
        ("$A $(b) {c}", []),
    ],
)
def test_unknown_references_are_found(text: str, unknown: list[str]) -> None:
    assert unknown_references(text) == unknown


def test_kinds_and_words_that_are_allowed_can_be_chosen() -> None:
    assert unknown_references("${var:A} ${env:A}", kinds=["env"]) == ["${var:A}"]
    assert unknown_references("${window} ${x}", words=["window"]) == ["${x}"]


@given(JSON, st.text())
def test_resolving_leaves_nothing_to_resolve(value: JsonValue, given: str) -> None:
    whole: JsonValue = {"a": value, "b": ["-${env:A}-"]}
    environ = dict.fromkeys(references(whole), given.replace("$", "") or "x")
    assert not references(resolve(whole, environ))


@given(JSON)
def test_without_references_nothing_changes(value: JsonValue) -> None:
    if not references(value) and "${" not in str(value):
        assert resolve(value, {}) == value
