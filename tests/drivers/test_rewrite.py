"""Only the numbers change, and a printed `sed` line changes the same ones."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.rewrite import (
    Field,
    as_sed_would,
    edit,
    entry,
    items,
    rewritten,
    root,
    sed,
    word,
)

if TYPE_CHECKING:
    from pathlib import Path

    from migrations_app.drivers.rewrite import Edit


LAYOUTS = {
    "block": """\
services:  # ours
  - name: blue   # the old one: {weight: 7}
    weight: 100

  - name: "green"
    weight:   0 # for now
other: {deep: ["1", 2.5, null, yes, 0x1F]}
text: |
  weight: 100
""",
    "flow": "services: [{name: blue, weight: 100}, {name: green, weight: 0, x: [1]}]\n",
    "json": '{\n "services": [\n  {"name": "blue",\n   "weight": 100},\n'
    '  {"name": "green", "weight": 0}\n ]\n}\n',
    "tight": '{"services": [{"name": "blue","weight": 100},{"name": "green","weight": 0}]}',
}
NUMBERS = st.integers(0, 10_000)


def edits(text: str, **numbers: int) -> list[Edit]:
    listed = items(entry(root(text), "services"))
    named = {word(entry(one, "name")): one for one in listed}
    return [edit(entry(named[name], "weight"), str(to), name) for name, to in numbers.items()]


def changes(blue: int, green: int) -> list[tuple[Field, str]]:
    told = {"blue": str(blue), "green": str(green)}
    return [(Field("name", name, "weight"), text) for name, text in told.items()]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=20)
@given(blue=NUMBERS, green=NUMBERS)
def test_nothing_else_changes(layout: str, blue: int, green: int) -> None:
    old = LAYOUTS[layout]
    new = rewritten(old, edits(old, blue=blue, green=green))
    was, now = yaml.safe_load(old), yaml.safe_load(new)
    assert [one["weight"] for one in now["services"]] == [blue, green]
    for one, before in zip(now["services"], was["services"], strict=True):
        one["weight"] = before["weight"]
    assert now == was
    assert rewritten(new, edits(new, blue=100, green=0)) == old


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=20)
@given(blue=NUMBERS, green=NUMBERS)
def test_the_printed_line_does_the_same(layout: str, blue: int, green: int) -> None:
    old = LAYOUTS[layout]
    typed = as_sed_would(old, changes(blue, green))
    assert typed == rewritten(old, edits(old, blue=blue, green=green))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_shell_does_what_we_foretold(layout: str, tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(LAYOUTS[layout])
    line = sed(str(file), changes(75, 25))
    subprocess.run(line, shell=True, check=True)  # noqa: S602 - the point is that a shell reads it
    assert file.read_text() == as_sed_would(LAYOUTS[layout], changes(75, 25))


def test_a_name_is_no_pattern_and_no_beginning() -> None:
    text = "s:\n- name: b.l\n  weight: 1\n- name: bxl\n  weight: 2\n- name: b.l_2\n  weight: 3\n"
    told = as_sed_would(text, [(Field("name", "b.l", "weight"), "9")])
    assert [one["weight"] for one in yaml.safe_load(told)["s"]] == [9, 2, 3]


def test_a_name_without_a_number_leaves_its_neighbour_alone() -> None:
    text = "s:\n- name: blue\n- name: green\n  weight: 2\n"
    assert as_sed_would(text, [(Field("name", "blue", "weight"), "9")]) == text


@pytest.mark.parametrize("weight", ["", "weight: ", "weight: ten", "weight: 1.5", "weight: [1]"])
def test_what_is_no_number_is_not_replaced(weight: str) -> None:
    text = f"services:\n- name: blue\n  {weight}\n"
    with pytest.raises(Permanent, match="whole number"):
        edits(text, blue=1)


def test_what_others_refer_to_is_left_alone() -> None:
    text = "services:\n- {name: blue, weight: &w 100}\n- {name: green, weight: *w}\n"
    with pytest.raises(Permanent, match="without anchors"):
        rewritten(text, edits(text, blue=1))


@pytest.mark.parametrize("text", ["", "a: [", "a: {{ env }", "\t- x"])
def test_what_is_no_yaml_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Permanent, match=r"no YAML|empty"):
        root(text)
