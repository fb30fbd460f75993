"""No data never looks healthy: every form of it, for every kind of rule."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import Reason, Status, Verdict, fresh, step
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn, Rule
from tests.domain.verdict.made import MINUTE, T0, reading, rule, seconds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAIL_RULE = rule("5xx", Unit.PERCENT, "fail when > 0.3 %")
PASS_RULE = rule("5xx", Unit.PERCENT, "pass when < 0.3 %")
COUNTED = rule("5xx", Unit.PERCENT, "fail when > 0.3 %", min_samples=200)
BURN = rule("burn", Unit.TIMES, "fail when > 14x", burn=Burn(0.999, HOUR, 5 * MINUTE))
BUDGET = rule("budget", Unit.PERCENT, "fail when > 50 %", budget=Budget(0.999, DAY))
DELTA = {
    kind: rule(
        "p95",
        Unit.MILLISECOND,
        "fail when > +25 % vs baseline",
        baseline=Baseline(kind, DAY if kind is BaselineKind.OFFSET else None),
    )
    for kind in BaselineKind
}


def verdict(asked: Rule, evidence: Evidence, settled: timedelta | None = None) -> Verdict:
    return step(asked, fresh(), evidence, None if settled is None else T0 + settled)[1]


def now(
    value: float | None,
    *,
    blue: Reading | None = None,
    baseline: Reading | None = None,
    samples: Reading | None = None,
    short: Reading | None = None,
) -> Evidence:
    return Evidence(T0, reading(value, T0), blue, baseline, samples, short)


def aged(age: timedelta, value: float = 1.0) -> Reading:
    return reading(value, T0 - age)


@pytest.mark.parametrize("asked", [FAIL_RULE, PASS_RULE])
@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
def test_every_outcome_but_ok(asked: Rule, outcome: Outcome) -> None:
    told = verdict(asked, Evidence(T0, Reading("k", "q", outcome, 0.1, T0, "out of memory")))
    assert (told.status, told.reason, told.value) == (Status.NO_DATA, outcome.value, None)
    assert told.sentence.startswith("no data: ")
    assert told.sentence.endswith(": out of memory")


@pytest.mark.parametrize("asked", [FAIL_RULE, PASS_RULE])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_neither_passes_nor_fails(asked: Rule, value: float) -> None:
    assert verdict(asked, now(value)).reason is Reason.NOT_FINITE


def test_ok_without_a_value_is_not_a_value() -> None:
    assert (
        verdict(PASS_RULE, Evidence(T0, Reading("k", "q", Outcome.OK))).reason is Reason.NOT_FINITE
    )


def test_an_answer_that_hides_its_age_is_not_believed() -> None:
    undated = Reading("k", "q", Outcome.OK, 0.1)
    assert verdict(PASS_RULE, Evidence(T0, undated)).reason is Reason.UNDATED


@pytest.mark.parametrize(
    ("window", "age", "status"),
    [
        (5 * MINUTE, 5 * MINUTE, Status.PASS),
        (5 * MINUTE, 5 * MINUTE + seconds(0.001), Status.NO_DATA),
        (seconds(0), seconds(10), Status.PASS),
        (seconds(0), seconds(10.001), Status.NO_DATA),
    ],
)
def test_older_than_its_window_or_two_intervals(
    window: timedelta, age: timedelta, status: Status
) -> None:
    asked = replace(FAIL_RULE, window=window)
    assert verdict(asked, Evidence(T0, aged(age, 0.1))).status is status


def test_a_burn_rate_goes_stale_by_its_short_window() -> None:
    asked, old = replace(BURN, window=HOUR), aged(6 * MINUTE, 0.0)
    assert verdict(asked, Evidence(T0, old, short=old)).reason is Reason.STALE


@pytest.mark.parametrize("asked", [FAIL_RULE, PASS_RULE])
def test_sampled_before_the_flip_settled(asked: Rule) -> None:
    evidence = Evidence(T0, aged(seconds(3), 0.1))
    told = verdict(asked, evidence, seconds(-2))
    assert (told.status, told.reason) == (Status.NO_DATA, Reason.BEFORE_FLIP)
    assert told.sentence == "no data: the newest sample is from 1 s before the flip settled"
    assert verdict(asked, evidence, seconds(-3)).status is Status.PASS


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (reading(199, T0), Reason.TOO_FEW_SAMPLES),
        (reading(0, T0), Reason.TOO_FEW_SAMPLES),
        (reading(None, T0), Reason.SAMPLES_UNKNOWN),
        (reading(math.nan, T0), Reason.SAMPLES_UNKNOWN),
        (aged(HOUR, 500), Reason.SAMPLES_UNKNOWN),
        (None, Reason.SAMPLES_UNKNOWN),
        (reading(200, T0), Reason.BREACH),
    ],
)
def test_too_few_samples_or_nobody_knows(samples: Reading | None, reason: Reason) -> None:
    assert verdict(COUNTED, now(9, samples=samples)).reason is reason


@pytest.mark.parametrize("kind", list(BaselineKind))
@pytest.mark.parametrize("reference", [None, 0.0, math.nan, math.inf])
def test_a_reference_missing_zero_or_not_finite(
    kind: BaselineKind, reference: float | None
) -> None:
    other = reading(reference, T0)
    for found in (other, None):
        told = verdict(DELTA[kind], now(900, baseline=found, blue=found))
        assert (told.status, told.reason) == (Status.NO_DATA, Reason.NO_REFERENCE)


@pytest.mark.parametrize(
    ("kind", "age", "reason"),
    [
        (BaselineKind.CAPTURED, 9 * DAY, Reason.BREACH),
        (BaselineKind.OFFSET, DAY + 5 * MINUTE, Reason.BREACH),
        (BaselineKind.OFFSET, DAY + 6 * MINUTE, Reason.NO_REFERENCE),
        (BaselineKind.BLUE, 5 * MINUTE, Reason.BREACH),
        (BaselineKind.BLUE, 6 * MINUTE, Reason.NO_REFERENCE),
    ],
)
def test_how_old_a_reference_may_be(kind: BaselineKind, age: timedelta, reason: Reason) -> None:
    other = aged(age, 100)
    assert verdict(DELTA[kind], now(900, baseline=other, blue=other)).reason is reason


def test_a_flip_does_not_age_a_baseline_but_it_does_blue() -> None:
    other = aged(HOUR, 100)
    told = verdict(DELTA[BaselineKind.CAPTURED], now(900, baseline=other), seconds(-1))
    assert told.status is Status.FAIL
    told = verdict(DELTA[BaselineKind.BLUE], now(900, blue=aged(seconds(2), 100)), seconds(-1))
    assert told.reason is Reason.NO_REFERENCE


def test_arithmetic_that_overflows() -> None:
    evidence = now(1e308, baseline=reading(-1.7e308, T0))
    asked = rule(
        "p95",
        Unit.MILLISECOND,
        "fail when > +900 % vs baseline",
        baseline=Baseline(BaselineKind.CAPTURED),
    )
    assert verdict(asked, evidence).reason is Reason.NOT_FINITE
    ten = reading(1e308, T0)
    assert verdict(BURN, Evidence(T0, ten, short=ten)).reason is Reason.NOT_FINITE


@pytest.mark.parametrize("short", [None, reading(None, T0), reading(math.nan, T0)])
def test_a_burn_rate_needs_both_windows(short: Reading | None) -> None:
    told = verdict(BURN, now(0.5, short=short))
    assert told.status is Status.NO_DATA
    assert told.sentence.startswith("no data for the short window: ")


def test_a_budget_needs_the_time_it_is_about() -> None:
    assert verdict(BUDGET, now(0.5)).reason is Reason.NO_ELAPSED


@pytest.mark.parametrize("detail", ["boom " * 999, "boom" * 999, "boom\n" * 999])
def test_a_long_complaint_is_cut_to_a_line(detail: str) -> None:
    told = verdict(FAIL_RULE, Evidence(T0, Reading("k", "q", Outcome.ERROR, detail=detail)))
    assert 150 < len(told.sentence) < 250
    assert "\n" not in told.sentence
    assert told.sentence.endswith("…")


def test_says_since_when_and_how_old_the_last_good_reading_is() -> None:
    memory, told = step(FAIL_RULE, fresh(), now(0.1), None)
    for late in (5, 10, 41):
        at = T0 + seconds(late)
        memory, told = step(FAIL_RULE, memory, Evidence(at, reading(None, at)), None)
    assert told.sentence == "no data: the query matched nothing (last good 41 s ago)"
    assert told.since == T0 + seconds(5)
