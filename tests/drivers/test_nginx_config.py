"""What a runbook may say about nginx: nothing in it ends a directive or reaches a shell."""

from __future__ import annotations

import shlex
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.drivers.exact import each
from migrations_app.drivers.nginx import include
from migrations_app.drivers.nginx.config import NginxConfig
from migrations_app.drivers.nginx.driver import NginxDriver
from migrations_app.drivers.nginx.sheet import typed
from migrations_app.drivers.scale import share_of
from tests.drivers.nginx_build import keys

WEIGHTS = st.decimals(0, 100, places=2)
SPLIT: dict[str, Any] = {
    "url": "http://127.0.0.1:8099/warroom/app", "way": "split_clients",
    "include": "/etc/nginx/warroom/app.conf", "blue": "app_blue", "green": "app_green",
}  # fmt: skip
UPSTREAM: dict[str, Any] = SPLIT | {
    "way": "upstream", "blue": ["10.0.0.1:80", "10.0.0.3:80"], "green": "10.0.0.2:80",
}  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"include": "relative.conf"},
        {"include": "/etc/x;rm.conf"},
        {"include": "/etc/a b"},
        {"include": None},
        {"name": "a-b"},
        {"name": "a;"},
        {"key": "$uri"},
        {"key": "$remote_addr;"},
        {"key": "$cookie_"},
        {"blue": ["a", "b"]},
        {"blue": "app_green"},
        {"blue": "x; }"},
        {"blue": "x\n"},
        {"green": "-x"},
        {"green": []},
        {"settings": "/etc/nginx/x.conf"},
        {"program": "nginx"},
        {"main": "/etc/$(x)"},
        {"moves": "copy"},
        {"way": "njs"},
        {"way": "upstream", "moves": "mirror"},
        {"way": "upstream", "green": ["a:1", "a:1"]},
        {"way": "upstream", "green": []},
    ],
)
def test_what_it_may_not_say(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NginxConfig.model_validate(SPLIT | more)


@given(weight=WEIGHTS, config=st.sampled_from([SPLIT, UPSTREAM, SPLIT | {"moves": "mirror"}]))
def test_a_file_tells_its_weight_and_nobody_elses_text_does(
    weight: Decimal, config: dict[str, Any]
) -> None:
    made = NginxConfig.model_validate(config)
    text = include.text(made, weight)
    assert include.written(made, text) == weight
    assert include.written(made, text.replace("#", "# ", 1)) is None
    assert include.said(f"{include.account(made, weight)}\n") == include.account(made, weight)


@given(weight=WEIGHTS, blues=st.integers(1, 64), greens=st.integers(1, 64))
def test_whole_weights_of_single_servers_give_the_share(
    weight: Decimal, blues: int, greens: int
) -> None:
    parts = each(weight, blues, greens)
    assert share_of(parts.blue * blues, parts.green * greens) == weight
    assert min(parts) >= 0


@given(weight=WEIGHTS)
def test_a_shell_prints_the_file_to_the_letter(weight: Decimal) -> None:
    config = NginxConfig.model_validate(SPLIT)
    words = shlex.split(typed(config, weight)[0].partition(" | ")[0])
    assert words[:2] == ["printf", "%s\\n"]
    assert "".join(f"{line}\n" for line in words[2:]) == include.text(config, weight)


@pytest.mark.parametrize("weight", ["0", "100"])
def test_the_ends_leave_nothing_to_chance(weight: str) -> None:
    """A part of 100 % would leave out one hash in four thousand million."""
    text = include.text(NginxConfig.model_validate(SPLIT), Decimal(weight))
    assert "%" not in text.split("\n", 2)[2]


def test_servers_of_no_weight_are_down() -> None:
    text = include.text(NginxConfig.model_validate(UPSTREAM), Decimal(0))
    assert "server 10.0.0.2:80 down;" in text
    assert "weight=0" not in text


@pytest.mark.parametrize("answer", ["", "25", "25 xyz", "<html>", "25.123 0123456789abcdef"])
def test_another_answer_is_no_account(answer: str) -> None:
    assert include.said(answer) is None


def test_a_preview_shows_the_lines_that_change_and_what_follows() -> None:
    driver = NginxDriver(keys(None, "split_clients", include="/nonexistent/app.conf"))
    lines = driver.preview(Decimal(25))
    assert "+    25.00% 127.0.0.1:8002;" in lines
    assert lines[-1].startswith("SIGHUP")
    driver.close()
