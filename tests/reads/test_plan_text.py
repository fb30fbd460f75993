"""The runbook in stretches: every line once and in order, and what is about a phase with it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.domain.plan import runbook
from migrations_app.domain.plan.yaml_read import LONGEST, read
from migrations_app.reads.plan.text import stretches
from tests.domain.plan.strategies import PLANS

if TYPE_CHECKING:
    from migrations_app.domain.plan.schema import Plan

BUILT_IN = sorted(
    file.name for file in files("migrations_app.runbooks").iterdir() if file.name.endswith(".yaml")
)
LINES = ("phases:", "  - name: a", "  # about b", "  - name: b", "", "x: 1")


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_no_line_is_lost_whatever_the_text_is(text: str) -> None:
    told = [line for one in stretches(text) for line in one.lines]
    assert told == text.splitlines()


@given(st.lists(st.sampled_from(LINES)))
def test_numbers_are_those_of_the_lines(lines: list[str]) -> None:
    found = stretches("\n".join(lines))
    assert all(lines[one.first - 1 : one.last] == list(one.lines) for one in found)
    assert [one.first for one in found] == sorted({one.first for one in found})


@given(PLANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_phase_of_a_plan_that_is_written_out_has_its_lines(plan: Plan) -> None:
    """But for phases that share a line, of which the first one has it."""
    text = runbook.dump(plan)
    if len(text.encode()) > LONGEST:
        return
    lines = read(text).lines
    starts = {lines["phases", at]: at for at in reversed(range(len(plan.phases)))}
    own = [at for line, at in starts.items() if line != lines.get(("phases",))]
    found = {one.about for one in stretches(text)}
    assert {f"phase-{plan.phases[at].name}" for at in own} <= found


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_phase_of_what_comes_along_has_its_lines(name: str) -> None:
    text = files("migrations_app.runbooks").joinpath(name).read_text(encoding="utf-8")
    found = {one.about: one for one in stretches(text)}
    for phase in runbook.load(text).phases:
        lines = found[f"phase-{phase.name}"].lines
        assert any(f"name: {phase.name}" in line for line in lines)


def test_the_comment_above_a_phase_belongs_to_it_and_that_of_the_text_to_nothing() -> None:
    text = "# of all\nmigration: x\nphases:\n  # slowly\n  # very\n  - name: a\n  - name: b\n"
    assert [(one.about, one.first, one.last) for one in stretches(text)] == [
        ("", 1, 1), ("migration", 2, 2), ("phases", 3, 3), ("phase-a", 4, 6), ("phase-b", 7, 7),
    ]  # fmt: skip
