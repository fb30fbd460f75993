"""What must hold of every rule and every series, whatever comes in."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import Memory, Status, Verdict, fresh, judge, step
from tests.domain.verdict.made import T0, reading, rule, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.domain.verdict.rule import Rule

LIMIT = 5.0
ORDER = {Status.PASS: 2, Status.PENDING: 1, Status.FAIL: 0}

# Values around the limit, on it, and a hair beside it; None is a query that matched nothing.
values = st.sampled_from([0.0, 1.0, 4.9, 5.0, 0.1 + 4.9, 5.000001, 5.1, 9.0])
# On time, early, late within two intervals, and later than that.
pauses = st.sampled_from([0.3, 2.5, 5.0, 5.0, 5.0, 7.0, 10.0, 10.001, 30.0])
lengths = st.sampled_from([0.0, 5.0, 12.0, 40.0]).map(seconds)


@st.composite
def rules(draw: st.DrawFn, written: str = "fail when > 5|pass when < 5|pass when <= 5") -> Rule:
    asked = rule("lag", Unit.SECOND, f"{draw(st.sampled_from(written.split('|')))} s")
    kind = draw(st.sampled_from(["hold", "consecutive", "fraction"]))
    if kind == "consecutive":
        return replace(asked, consecutive=draw(st.integers(1, 4)))
    hold = draw(lengths)
    if kind == "fraction":
        fraction = draw(st.sampled_from([0.1, 0.5, 0.95]))
        return replace(asked, hold=hold + seconds(5), fraction=fraction)
    return replace(asked, hold=hold)


@st.composite
def timelines(draw: st.DrawFn, gaps: bool = True) -> list[Evidence]:
    at, series = T0, []
    for value, pause in draw(
        st.lists(st.tuples(values | st.none() if gaps else values, pauses), max_size=40)
    ):
        at += seconds(pause)
        series.append(Evidence(at, reading(value, at)))
    return series


settled = st.none() | st.integers(0, 60).map(lambda late: T0 + seconds(late))


def moved(evidence: Evidence, change: Callable[[datetime], datetime]) -> Evidence:
    at = change(evidence.at)
    return Evidence(at, reading(evidence.value.value, at))


@given(rules(), timelines(), settled)
def test_without_data_it_neither_passes_nor_fails(
    asked: Rule, series: list[Evidence], flip: datetime | None
) -> None:
    for evidence, verdict in zip(series, judge(asked, series, flip), strict=True):
        blind = evidence.value.value is None or (flip is not None and evidence.at < flip)
        assert (verdict.status is Status.NO_DATA) == blind
        assert (verdict.value is None) == blind


@given(rules(), timelines(gaps=False), st.data())
def test_not_a_number_is_no_data_wherever_it_comes(
    asked: Rule, series: list[Evidence], data: st.DataObject
) -> None:
    asked = replace(asked, min_samples=1)
    nothing = st.sampled_from([math.nan, math.inf, -math.inf])
    for index, evidence in enumerate(series):
        sick = replace(evidence.value, value=data.draw(nothing))
        many = reading(9, evidence.at)
        at_fault = data.draw(st.booleans())
        series[index] = replace(
            evidence,
            value=sick if at_fault else evidence.value,
            samples=many if at_fault else sick,
        )
    assert {verdict.status for verdict in judge(asked, series, None)} <= {Status.NO_DATA}


@given(rules(), timelines(), settled)
def test_one_by_one_through_json_is_the_same_as_all_at_once(
    asked: Rule, series: list[Evidence], flip: datetime | None
) -> None:
    memory, told = fresh(), []
    for evidence in series:
        stored = json.dumps(memory.to_json(), allow_nan=False)
        assert Memory.from_json(json.loads(stored)) == memory
        memory, verdict = step(asked, Memory.from_json(json.loads(stored)), evidence, flip)
        told.append(verdict)
    assert told == judge(asked, series, flip)


@given(rules(), timelines(), st.timedeltas(timedelta(days=-900), timedelta(days=900)))
def test_the_hour_of_the_day_does_not_matter(
    asked: Rule, series: list[Evidence], shift: timedelta
) -> None:
    later = judge(asked, [moved(evidence, lambda at: at + shift) for evidence in series], None)
    back = [replace(verdict, since=verdict.since and verdict.since - shift) for verdict in later]
    assert back == judge(asked, series, None)


@given(rules(), timelines(), st.data())
def test_doubled_and_overtaken_evaluations_change_nothing(
    asked: Rule, series: list[Evidence], data: st.DataObject
) -> None:
    memory, told = fresh(), []
    for index, evidence in enumerate(series):
        memory, verdict = step(asked, memory, evidence, None)
        for again in data.draw(st.lists(st.sampled_from(series[: index + 1]), max_size=2)):
            stale = replace(again, value=reading(data.draw(values), again.at))
            assert step(asked, memory, stale, None) == (memory, verdict)
        told.append(verdict)
    assert told == judge(asked, series, None)


@given(rules(), timelines(), lengths)
def test_a_longer_hold_never_decides_earlier(
    asked: Rule, series: list[Evidence], longer: timedelta
) -> None:
    if asked.consecutive > 1 or asked.fraction is not None:
        asked = replace(asked, consecutive=1, fraction=None)
    patient = replace(asked, hold=asked.hold + longer)
    decided = Status.FAIL if asked.fails_when else Status.PASS
    for soon, late in zip(judge(asked, series, None), judge(patient, series, None), strict=True):
        assert late.status is not decided or soon.status is decided


@given(rules("fail when > 5"), timelines())
def test_one_good_reading_clears_a_breach(asked: Rule, series: list[Evidence]) -> None:
    asked = replace(asked, fraction=None)
    for evidence, verdict in zip(series, judge(asked, series, None), strict=True):
        good = evidence.value.value is not None and evidence.value.value < LIMIT
        assert not good or verdict.status is Status.PASS


@given(rules("pass when < 5"), timelines())
def test_a_bad_reading_never_passes_a_bake(asked: Rule, series: list[Evidence]) -> None:
    asked = replace(asked, fraction=None)
    for evidence, verdict in zip(series, judge(asked, series, None), strict=True):
        bad = evidence.value.value is not None and evidence.value.value > LIMIT
        assert not bad or verdict.status in {Status.FAIL, Status.PENDING}


@given(rules(), timelines(), st.data())
def test_a_worse_value_never_makes_a_better_verdict(
    asked: Rule, series: list[Evidence], data: st.DataObject
) -> None:
    worse = [
        evidence
        if evidence.value.value is None
        else replace(
            evidence,
            value=replace(evidence.value, value=max(evidence.value.value, data.draw(values))),
        )
        for evidence in series
    ]
    for before, after in zip(judge(asked, series, None), judge(asked, worse, None), strict=True):
        if before.status is not Status.NO_DATA:
            assert ORDER[after.status] <= ORDER[before.status]


def heard(series: list[Evidence], told: list[Verdict]) -> list[Verdict]:
    return [
        verdict
        for evidence, verdict in zip(series, told, strict=True)
        if evidence.value.value is not None
    ]


@given(rules(), timelines(gaps=False), st.sets(st.integers(0, 40)))
def test_looking_without_seeing_never_brings_a_decision_nearer(
    asked: Rule, series: list[Evidence], blind: set[int]
) -> None:
    holes = [
        Evidence(evidence.at - seconds(0.1), reading(None, evidence.at))
        for index, evidence in enumerate(series)
        if index in blind
    ]
    mixed = sorted([*series, *holes], key=lambda evidence: evidence.at)
    # A bake that a hole pauses for ever is the point; a breach by count isn't touched at all.
    decided = Status.FAIL if asked.fails_when else Status.PASS
    pairs = list(
        zip(judge(asked, series, None), heard(mixed, judge(asked, mixed, None)), strict=True)
    )
    for without, within in pairs:
        assert within.status is not decided or without.status is decided
    if asked.fails_when and asked.consecutive > 1:
        assert [within.status for _, within in pairs] == [without.status for without, _ in pairs]


@given(rules("fail when > 5"), timelines(), timelines(), st.integers(11, 10_000))
def test_the_length_of_a_gap_is_nothing_to_a_breach(
    asked: Rule, before: list[Evidence], after: list[Evidence], silence: int
) -> None:
    asked = replace(asked, fraction=None)
    end = before[-1].at - T0 if before else timedelta(0)

    def joined(gap: timedelta) -> list[Status]:
        shifted = [moved(evidence, lambda at: at + end + gap) for evidence in after]
        return [verdict.status for verdict in judge(asked, [*before, *shifted], None)]

    assert joined(seconds(silence)) == joined(seconds(10.5))


@settings(max_examples=20)  # each is a long night
@given(rules(), st.integers(0, 2**32))
def test_the_memory_of_a_long_night_stays_small(asked: Rule, seed: int) -> None:
    memory = fresh()
    for index in range(400):
        at = T0 + seconds(5 * index)
        value = None if (seed >> index % 32) & 3 == 3 else float((seed >> index % 31) & 7)
        memory, _ = step(asked, memory, Evidence(at, reading(value, at)), None)
    assert len(json.dumps(memory.to_json())) < 8_000


@given(st.floats(1e-9, 1e9), st.floats(1e-6, 1e3))
def test_exactly_the_threshold_does_not_trip_and_a_part_per_million_does(
    limit: float, beyond: float
) -> None:
    asked = rule("lag", Unit.SECOND, f"fail when > {limit!r} s")
    at_limit, above = (Evidence(T0, reading(value, T0)) for value in (limit, limit * (1 + beyond)))
    assert judge(asked, [at_limit], None)[0].status is Status.PASS
    assert judge(asked, [above], None)[0].status is Status.FAIL


@given(rules(), timelines(), settled)
def test_progress_and_sentence_are_always_fit_to_be_shown(
    asked: Rule, series: list[Evidence], flip: datetime | None
) -> None:
    for evidence, verdict in zip(series, judge(asked, series, flip), strict=True):
        assert verdict.progress is None or 0 <= verdict.progress <= 1
        assert verdict.since is not None
        assert verdict.since <= evidence.at
        assert 0 < len(verdict.sentence) < 300
