"""docs/evidence.md names every tool, with every measure that it always has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrations_app.domain.evidence import TOOLS
from tests.domain.evidence.test_tools import GOOD

TEXT = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", TEXT, re.MULTILINE))


def test_every_tool_has_a_row_and_a_snippet() -> None:
    assert list(ROWS) == list(TOOLS)
    for tool in TOOLS:
        assert re.search(rf"^push {tool} ", TEXT, re.MULTILINE), tool


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != "k6"])
def test_every_measure_is_named(tool: str) -> None:
    measures = {name.removeprefix("latencies.").removeprefix("status.")
                for name in TOOLS[tool].read(GOOD[tool]).measures}  # fmt: skip
    told = set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", ROWS[tool]))))
    told |= {word.removeprefix("latencies.").removeprefix("status.") for word in told}
    assert measures - told <= {"total", "min", "1xx", "2xx", "3xx", "4xx"}
