"""Clocks: breaches, bakes, gaps, flips, late and doubled evaluations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import Reason, Status, Verdict, fresh, judge, step
from tests.domain.verdict.made import T0, last, letters, reading, rule, seconds, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.domain.verdict.rule import Rule

BREACH = rule("lag", Unit.SECOND, "fail when > 5 s", hold=seconds(20))
TWICE = rule("lag", Unit.SECOND, "fail when > 5 s", consecutive=2)
BAKE = rule("lag", Unit.SECOND, "pass when < 5 s", hold=seconds(20))
THRICE = rule("lag", Unit.SECOND, "pass when < 5 s", consecutive=3)
MOSTLY = rule("lag", Unit.SECOND, "pass when < 5 s", hold=seconds(100), fraction=0.9)
RARELY = rule("lag", Unit.SECOND, "fail when > 5 s", hold=seconds(100), fraction=0.2)


def moments(asked: Rule, at: Iterable[tuple[float, float | None]]) -> list[Verdict]:
    """Verdicts on values at so many seconds after the start."""
    times = [(T0 + seconds(offset), value) for offset, value in at]
    return judge(asked, [Evidence(at, reading(value, at)) for at, value in times], None)


def flipped(asked: Rule, values: list[float], flips: dict[int, float]) -> list[Verdict]:
    """`flips` says at which evaluation the flip is first known, and when (in s) it settled."""
    memory, settled, told = fresh(), None, []
    for index, value in enumerate(values):
        at = T0 + index * asked.interval
        settled = T0 + seconds(flips[index]) if index in flips else settled
        memory, verdict = step(asked, memory, Evidence(at, reading(value, at)), settled)
        told.append(verdict)
    return told


def test_a_breach_waits_for_its_hold_and_says_since_when() -> None:
    told = verdicts(BREACH, [1, 9, 9, 9, 9, 9, 9, 1])
    assert letters(told) == "P....FFP"
    assert {verdict.since for verdict in told[1:7]} == {T0 + seconds(5)}
    assert [verdict.progress for verdict in told] == [None, 0, 0.25, 0.5, 0.75, 1, 1, None]
    assert [verdict.reason for verdict in told[3:]] == [
        Reason.BREACHING, Reason.BREACHING, Reason.BREACH, Reason.BREACH, Reason.OK,
    ]  # fmt: skip


def test_one_good_reading_clears_a_breach_almost_complete() -> None:
    assert letters(verdicts(BREACH, [9, 9, 9, 9, 1, 9, 9, 9, 9, 9])) == "....P....F"


@pytest.mark.parametrize("silence", [1, 2, 3, 50])
def test_a_gap_of_any_length_pauses_a_breach(silence: int) -> None:
    told = verdicts(BREACH, [9, 9, 9, *[None] * silence, 9, 9, 9])
    assert letters(told) == "..." + "?" * silence + "..F"


def test_a_gap_that_nobody_saw_is_a_gap_too() -> None:
    assert (
        letters(moments(BREACH, [(0, 9), (5, 9), (300, 9), (305, 9), (310, 9), (315, 9)]))
        == ".....F"
    )


def test_a_failure_survives_a_gap_but_is_not_claimed_during_it() -> None:
    assert letters(verdicts(BREACH, [9] * 5 + [None, 9, None, 1])) == "....F?F?P"


@pytest.mark.parametrize(("late", "expected"), [(10, "..F"), (10.001, "...")])
def test_an_evaluation_may_come_two_intervals_later_and_no_more(late: float, expected: str) -> None:
    assert letters(moments(BREACH, [(0, 9), (late, 9), (2 * late, 9)])) == expected


def test_consecutive_counts_intervals_not_evaluations() -> None:
    assert letters(moments(TWICE, [(0, 9), (0.4, 9), (2.4, 9)])) == "..."
    assert letters(moments(TWICE, [(0, 9), (2.5, 9)])) == ".F"
    assert letters(moments(TWICE, [(0, 9), (0.4, 9), (5, 9)])) == "..F"


def test_a_bake_takes_its_hold_and_a_bad_reading_starts_it_over() -> None:
    told = verdicts(BAKE, [1] * 6 + [5] + [1] * 5)
    assert letters(told) == "....PPF....P"
    assert told[0].reason is Reason.BAKING
    assert told[5].reason is Reason.BAKED
    assert (told[5].since, told[-1].since) == (T0, T0 + seconds(35))
    assert [verdict.progress for verdict in told[3:8]] == [0.75, 1, 1, None, 0]


@pytest.mark.parametrize(("silence", "more"), [(1, 2), (2, 4), (9, 4)])
def test_a_bake_pauses_for_a_gap_but_starts_over_after_a_long_one(silence: int, more: int) -> None:
    told = verdicts(BAKE, [1, 1, 1, *[None] * silence, *[1] * (more + 1)])
    assert letters(told) == "..." + "?" * silence + "." * more + "P"


def test_a_bake_starts_over_during_a_long_gap_and_says_so() -> None:
    told = verdicts(BAKE, [1, 1, 1, None, None, None])
    assert [verdict.progress for verdict in told[3:]] == [0.5, 0.5, None]


def test_a_bake_that_passed_must_pass_again_after_a_long_gap() -> None:
    assert letters(verdicts(BAKE, [1] * 5 + [None, None] + [1] * 5)) == "....P??....P"


def test_a_bake_by_count_forgives_single_bad_readings_only() -> None:
    assert letters(verdicts(THRICE, [1, 1, 1, 9, 1, 1, 1, 9, 9, 9, 9, 1])) == "..P...P..FF."


def test_without_hold_every_reading_speaks_for_itself() -> None:
    assert letters(verdicts(replace(BAKE, hold=seconds(0)), [1, 9, None, 1, 5])) == "PF?PF"
    assert letters(verdicts(replace(BREACH, hold=seconds(0)), [1, 9, None, 1, 5])) == "PF?PP"


def test_a_flip_restarts_a_bake() -> None:
    assert letters(flipped(BAKE, [1] * 9, {3: 12.0})) == "...".ljust(7, ".") + "PP"
    assert letters(flipped(BAKE, [1] * 9, {6: 28.0})) == "....PP..."


def test_a_flip_never_winds_back_a_breach() -> None:
    assert letters(flipped(BREACH, [9] * 6, {2: 9.0, 3: 14.0})) == "....FF"
    assert letters(flipped(replace(THRICE), [9] * 4, {2: 9.0})) == "..FF"


def test_a_flip_restarts_a_share_of_time_that_must_be_good() -> None:
    assert letters(flipped(MOSTLY, [1] * 24, {20: 98.0})) == "." * 18 + "PP" + "...."
    assert letters(flipped(RARELY, [9] * 6, {3: 12.0})) == "....FF"


def test_a_share_of_time_takes_the_unknown_for_neither() -> None:
    assert letters(verdicts(MOSTLY, [1] * 10 + [None] + [1] * 10)) == "." * 10 + "?" + "." * 9 + "P"
    assert letters(verdicts(MOSTLY, [1, 9, 9, 9, None, None, None])) == "...F???"


def test_a_share_of_time_that_is_bad_fails_and_heals() -> None:
    assert letters(verdicts(RARELY, [9, 1, 9, 9, 1, 9, 9, 1])) == ".P..P.FF"
    assert letters(verdicts(RARELY, [9] * 5 + [1] * 20))[-6:] == "FFPPPP"


def test_doubled_and_overtaken_evaluations_change_nothing() -> None:
    memory, first = step(BREACH, fresh(), Evidence(T0, reading(9, T0)), None)
    for late in (0, -5):
        at = T0 + seconds(late)
        again = step(BREACH, memory, Evidence(at, reading(1, at)), T0)
        assert again == (memory, first)


def test_a_verdict_of_no_data_carries_no_value_and_keeps_the_clock_in_sight() -> None:
    told = last(BREACH, [9, 9, 9, None])
    assert (told.status, told.value, told.progress) == (Status.NO_DATA, None, 0.5)
