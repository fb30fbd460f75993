from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import blue_is_worse
from migrations_app.domain.verdict.measure import Measured, measure
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn, Rule
from tests.domain.verdict.made import MINUTE, T0, reading, rule

if TYPE_CHECKING:
    from migrations_app.domain.reading import Reading

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CAPTURED = Baseline(BaselineKind.CAPTURED)
FIVE_XX = rule("5xx", Unit.PERCENT, "fail when > 0.3 %")
UPTIME = rule("uptime", Unit.PERCENT, "pass when >= 99.5 %")
P95 = rule("p95", Unit.MILLISECOND, "fail when > +25 % vs baseline", baseline=CAPTURED)
PARITY = rule("p95", Unit.MILLISECOND, "pass when within ±10 % of blue")
BURN = rule("burn", Unit.TIMES, "fail when > 14x", burn=Burn(0.999, HOUR, 5 * MINUTE))
BUDGET = rule("budget", Unit.PERCENT, "fail when > 50 %", budget=Budget(0.999, DAY))


def at_once(
    value: float,
    blue: float | None = None,
    *,
    short: float | None = None,
    baseline: float | None = None,
    elapsed: timedelta | None = None,
) -> Evidence:
    return Evidence(
        T0,
        reading(value, T0),
        blue=_given(blue),
        baseline=_given(baseline),
        short=_given(short),
        elapsed=elapsed,
    )


def _given(value: float | None) -> Reading | None:
    return None if value is None else reading(value, T0)


def measured(asked: Rule, evidence: Evidence) -> Measured:
    return measure(asked, evidence, None)


@pytest.mark.parametrize(
    ("long", "short", "bad"),
    [(0.015, 0.016, True), (0.014, 0.5, False), (0.5, 0.014, False), (0, 0, False)],
)
def test_a_burn_is_bad_only_if_both_windows_exceed_the_factor(
    long: float, short: float, bad: bool
) -> None:
    told = measured(BURN, at_once(long, short=short))
    assert told.bad is bad
    assert told.value == pytest.approx(long * 1000)
    assert told.short == pytest.approx(short * 1000)


@pytest.mark.parametrize(
    ("ratio", "elapsed", "burnt", "bad"),
    [
        (0.001, 12 * HOUR, 50, False),
        (0.0011, 12 * HOUR, 55, True),
        (0.012, HOUR, 50, False),
        (0.0006, 5 * DAY, 60, True),
        (0.5, timedelta(0), 0, False),
    ],
)
def test_a_budget_is_burnt_by_errors_over_time(
    ratio: float, elapsed: timedelta, burnt: float, bad: bool
) -> None:
    told = measured(BUDGET, at_once(ratio, elapsed=elapsed))
    assert told.value == pytest.approx(burnt)
    assert told.bad is bad


def test_a_relative_rule_remembers_what_it_compared_with() -> None:
    told = measured(P95, at_once(268, baseline=204))
    assert (told.value, told.reference, told.bad) == (268, 204, True)
    assert told.badness == pytest.approx(268 - 255)


@pytest.mark.parametrize(
    ("value", "bad"), [(90, False), (110, False), (89.9, True), (110.1, True), (100, False)]
)
def test_parity_includes_its_edges(value: float, bad: bool) -> None:
    assert measured(PARITY, at_once(value, blue=100)).bad is bad


@pytest.mark.parametrize(
    ("asked", "green", "blue", "worse"),
    [
        (FIVE_XX, 2, 3, True),
        (FIVE_XX, 2, 2, True),
        (FIVE_XX, 2, 1.9, False),
        (FIVE_XX, 0.1, 0.2, False),
        (FIVE_XX, 0.3, 0.3, False),
        (FIVE_XX, 2, None, False),
        (FIVE_XX, 2, float("nan"), False),
        (UPTIME, 99, 98, True),
        (UPTIME, 99, 99.4, False),
        (UPTIME, 98, 99.9, False),
        (PARITY, 300, 100, False),
    ],
)
def test_a_blue_that_is_worse_is_known(
    asked: Rule, green: float, blue: float | None, worse: bool
) -> None:
    assert blue_is_worse(asked, at_once(green, blue)) is worse


def test_what_is_compared_with_blue_says_nothing_of_blue() -> None:
    faster = rule("rps", Unit.PER_SECOND, "fail when < +5 % vs blue")
    assert measured(faster, at_once(104, 100)).bad
    assert not blue_is_worse(faster, at_once(104, 100))


def test_blue_is_held_to_the_same_baseline() -> None:
    assert blue_is_worse(P95, at_once(268, 300, baseline=204))
    assert not blue_is_worse(P95, at_once(268, 260, baseline=204))
    assert not blue_is_worse(P95, at_once(268, 300))


def test_of_a_burn_only_the_short_window_tells_how_blue_is_now() -> None:
    assert blue_is_worse(BURN, at_once(0.5, 0.03, short=0.02))
    assert not blue_is_worse(BURN, at_once(0.001, 0.03, short=0.04))


def test_an_old_blue_is_unknown() -> None:
    stale = replace(at_once(2), blue=reading(9, T0 - HOUR))
    assert not blue_is_worse(FIVE_XX, stale)


def test_too_few_green_samples_do_not_hide_a_broken_blue() -> None:
    assert blue_is_worse(replace(FIVE_XX, min_samples=200), at_once(2, 3))
