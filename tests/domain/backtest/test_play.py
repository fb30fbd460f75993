"""A backtest says what a live run would have said, and when it would have acted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.backtest import Duty, Past, Played, cannot, marks, play, strip, way
from migrations_app.domain.chart import Window
from migrations_app.domain.quantity import Unit
from migrations_app.domain.reading import Point
from migrations_app.domain.verdict.evidence import QueryTexts
from migrations_app.domain.verdict.judge import judge
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn, OnNoData
from tests.domain.verdict.made import MINUTE, T0, rule, seconds, series

BOTH = Duty(abort=True, gate=True)
HELD: dict[str, Any] = {"hold": seconds(10)}

values = st.lists(st.sampled_from([0.0, 4.9, 5.0, 5.1, 9.0, None]), min_size=1, max_size=40)


def played(written: list[float | None], duty: Duty = BOTH, **more: Any) -> Played:
    asked = rule("lag", Unit.SECOND, "fail when > 5 s", **more)
    return play(asked, duty, series(asked, written))


@given(values)
def test_it_is_the_live_judge_s_verdict_at_every_moment(written: list[float | None]) -> None:
    asked = rule("lag", Unit.SECOND, "fail when > 5 s", **HELD)
    evidence = series(asked, written)
    found = play(asked, BOTH, evidence)
    assert [one.verdict for one in found.ticks] == judge(asked, evidence, None)
    assert found.spells[0].start == T0
    for before, after in zip(found.spells, found.spells[1:], strict=False):
        assert before.end == after.start
        assert before.status is not after.status
    assert [one.open for one in found.spells] == [False] * (len(found.spells) - 1) + [True]


def test_a_breach_trips_once_from_its_first_bad_sample_on() -> None:
    found = played([1, 1, 9, 9, 9, 9, 1, 9], **HELD)
    [spell] = found.trips
    assert spell.since == T0 + seconds(10)
    assert spell.trips == spell.start == T0 + seconds(20)
    assert (spell.end, spell.lasted) == (T0 + seconds(30), seconds(10))


def test_a_check_that_is_only_watched_and_one_that_observes_never_act() -> None:
    watched = played([9, 9], Duty(abort=False, gate=True))
    assert (watched.trips, len(watched.blocks)) == ([], 1)
    observed = played([9, 9], observe=True)
    assert (observed.trips, observed.blocks) == ([], [])


def test_no_data_acts_where_the_plan_says_so_and_only_once_it_has_lasted() -> None:
    nothing: list[float | None] = [1, *[None] * 5]
    assert played(nothing).trips == []
    [spell] = played(nothing, on_no_data=OnNoData.ROLLBACK).trips
    assert (spell.status, spell.trips) == (Status.NO_DATA, spell.start + seconds(15))


def test_a_blue_that_is_no_better_holds_instead() -> None:
    asked = rule("lag", Unit.SECOND, "fail when > 5 s")
    [spell] = play(asked, BOTH, series(asked, [9, 9], reference=9.5)).trips
    assert spell.blue


def test_how_long_it_would_have_taken_is_the_sum_of_its_parts() -> None:
    [spell] = played([1, 9, 9, 9], **HELD).trips
    found = way(spell, seconds(5), (seconds(0.5), True), seconds(15))
    assert (found.detection, found.total, found.well) == (seconds(10), seconds(15.5), False)
    assert str(found) == (
        "10 s until it fails + up to 5 s until it is read + 500 ms back on BLUE (measured) = 15 s, "
        "MORE than the RTO of 15 s"
    )
    assert way(spell, seconds(5), (seconds(40), False), None).well


def points(found: list[float | None]) -> list[Point]:
    return [Point(T0 + seconds(5 * n), value) for n, value in enumerate(found)]


def verdicts(past: Past, found: dict[str, list[float | None]]) -> list[Status]:
    every = {key: points(values) for key, values in found.items()}
    times = [point.at for point in next(iter(every.values()))]
    return [one.status for one in judge(past.rule, past.evidence(times, every), None)]


def test_a_captured_baseline_is_the_first_there_is() -> None:
    asked = rule(
        "lag", Unit.SECOND, "fail when > +20 % vs baseline",
        baseline=Baseline(BaselineKind.CAPTURED),
    )  # fmt: skip
    past = Past(asked, QueryTexts("lag"))
    assert [one.key for one in past.asked] == ["lag:value", "lag:baseline"]
    told = verdicts(
        past, {"lag:value": [2.0, 2.0, 2.5, 4.0], "lag:baseline": [None, 2.0, 9.0, 9.0]}
    )
    assert told == [Status.NO_DATA, Status.PASS, Status.FAIL, Status.FAIL]


def test_burn_rates_and_sample_counts_are_asked_for_too() -> None:
    burn = Burn(0.999, 60 * MINUTE, 5 * MINUTE)
    past = Past(
        rule("burn", Unit.TIMES, "fail when > 14 x", burn=burn, min_samples=10),
        QueryTexts("ratio[${window}]", samples="n"),
    )
    assert [(one.key, one.text) for one in past.asked] == [
        ("burn:value", "ratio[1h]"), ("burn:short", "ratio[5m]"), ("burn:samples", "n"),
    ]  # fmt: skip
    told = verdicts(
        past, {"burn:value": [0.02, 0.02], "burn:short": [0.02, 0.02], "burn:samples": [9, 10]}
    )
    assert told == [Status.NO_DATA, Status.FAIL]


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        (
            rule("b", Unit.PERCENT, "fail when > 10 %", budget=Budget(0.999, timedelta(days=30))),
            QueryTexts("ratio"),
        ),
        (rule("e", Unit.COUNT, "fail when > 10"), QueryTexts("n", samples="n[${elapsed}]")),
    ],
)
def test_what_asks_about_the_time_since_the_start_can_t_be_told(
    asked: Any, texts: QueryTexts
) -> None:
    assert "since the start of a run" in cannot(asked, texts)
    assert cannot(asked, QueryTexts("n")) == "" or asked.budget


@given(values, st.integers(1, 100))
def test_a_strip_is_as_wide_as_it_should_and_hides_no_failure(
    written: list[float | None], width: int
) -> None:
    found = played(written)
    window = Window(T0, T0 + seconds(5 * len(written)))
    drawn = strip(found.ticks, window, width)
    assert len(drawn) == width
    statuses = {one.verdict.status for one in found.ticks}
    assert ("█" in drawn) == (Status.FAIL in statuses)
    assert len(marks(window, width)) == width


def test_a_strip_in_a_picture() -> None:
    found = played([1, 1, 9, 9, 9, None, None, 1], **HELD)
    window = Window(T0, T0 + seconds(40))
    assert strip(found.ticks, window, 8) == "··~~█??·"
    assert strip(found.ticks, window, 4) == "·~█?"
    assert strip(found.ticks, window, 16) == "· · ~ ~ █ ? ? · "
