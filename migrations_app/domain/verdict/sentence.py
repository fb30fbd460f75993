"""Verdicts in words: the value, on which side of the threshold, for how long of how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import spoken as time
from migrations_app.domain.quantity import Quantity, Unit, exactly, same, spoken
from migrations_app.domain.verdict.condition import Comparator
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from migrations_app.domain.verdict.measure import Measured
    from migrations_app.domain.verdict.memory import Streak
    from migrations_app.domain.verdict.rule import Burn, Rule
    from migrations_app.domain.verdict.share import Spans

_HOLDS: Final = {
    Comparator.ABOVE: "above",
    Comparator.AT_LEAST: "at least",
    Comparator.BELOW: "below",
    Comparator.AT_MOST: "at most",
    Comparator.WITHIN: "within",
    Comparator.BETWEEN: "between",
}


def reading_words(rule: Rule, measured: Measured) -> str:
    """`p95 268 ms, +31 % over baseline 204 ms, above +25 %`.

    With a `fraction` the threshold is left to `share_words`.
    """
    if rule.burn and measured.short is not None:
        what, side = _burn(rule, rule.burn, measured, measured.short)
    elif measured.reference is not None:
        what, side = _compared(rule, measured, measured.reference), _side(rule, measured)
    else:
        what, side = _plainly(rule, measured), _side(rule, measured)
    return f"{rule.name} {what}" + (f", {side}" if rule.fraction is None else "")


def streak_words(rule: Rule, streak: Streak) -> str:
    """` for 6 m 10 s of 10 m`, `, 2 in a row, trips at 2`: how far, and how far there is to go."""
    if rule.fails_when and not streak.bad:
        return ""
    goal = "trips at" if streak.bad else "needed"
    if rule.consecutive > 1:
        return _in_a_row(streak.count, rule.consecutive, goal)
    if not rule.hold:
        return ""
    if streak.bad and not rule.fails_when:
        return f"; the {time(rule.hold)} start over"
    if streak.held < rule.hold:
        return f" for {time(streak.held)} of {time(rule.hold)}"
    return f" for {time(streak.held)}, {goal} {time(rule.hold)}"


def share_words(rule: Rule, spans: Spans) -> str:
    """`; below 2 s for 96 % of 34 m seen, needed 95 % of 1 h`."""
    goal, seen = rule.fraction or 0.0, spans.true + spans.false
    until = "trips at" if rule.fails_when else "needed"
    limit = f"{until} {exactly(Quantity(goal), Unit.RATIO)} of {time(rule.hold)}"
    if not seen:
        return f"; counting from now how long it is {_condition(rule)}, {limit}"
    share = spoken(spans.true / seen, Unit.RATIO, beside=goal)
    return f"; {_condition(rule)} for {share} of {time(seen)} seen, {limit}"


def paused_words(rule: Rule, streak: Streak) -> str:
    """`, paused at 6 m 10 s of 10 m`: the clock that a gap has stopped."""
    if rule.consecutive > 1:
        return f", paused at {streak.count} of {rule.consecutive} in a row"
    return f", paused at {time(streak.held)} of {time(rule.hold)}"


def _in_a_row(count: int, least: int, goal: str) -> str:
    if count < least:
        return f", {count} of {least} in a row"
    return f", {count} in a row, {goal} {least}"


def _plainly(rule: Rule, measured: Measured) -> str:
    value = spoken(measured.value, rule.unit, beside=measured.band.nearest(measured.value))
    return f"{value} burnt" if rule.budget else value


def _burn(rule: Rule, burn: Burn, measured: Measured, short: float) -> tuple[str, str]:
    factor = measured.band.nearest(short)
    rates = (
        f"{spoken(measured.value, rule.unit, beside=factor)} over {time(burn.long)}, "
        f"{spoken(short, rule.unit, beside=factor)} over {time(burn.short)}"
    )
    holding = (measured.value in measured.band) + (short in measured.band)
    return rates, f"{('neither', 'only one', 'both')[holding]} {_condition(rule)}"


def _compared(rule: Rule, measured: Measured, reference: float) -> str:
    value = spoken(measured.value, rule.unit, beside=reference)
    against = spoken(reference, rule.unit, beside=measured.value)
    who = "BLUE" if rule.versus is BaselineKind.BLUE else "baseline"
    if same(measured.value, reference):
        return f"{value}, the same as {who}"
    over = "over" if measured.value > reference else "under"
    return f"{value}, {_change(rule, measured, reference)} {over} {who} {against}"


def _change(rule: Rule, measured: Measured, reference: float) -> str:
    """The relative difference in percent, signed, in as many digits as the threshold demands."""
    change = 100 * (measured.value - reference) / abs(reference)
    limit = rule.condition.limit.to(Unit.PERCENT).value
    if rule.condition.comparator is Comparator.WITHIN:
        limit = math.copysign(limit, change)
    exact = same(measured.value, measured.band.nearest(measured.value))
    sign = "+" if change > 0 else ""
    return sign + spoken(limit if exact else change, Unit.PERCENT, beside=limit)


def _side(rule: Rule, measured: Measured) -> str:
    """Where the value is, not where it ought to be."""
    comparator = rule.condition.comparator
    if measured.holds and comparator in {Comparator.WITHIN, Comparator.BETWEEN}:
        return _condition(rule)
    if comparator is Comparator.WITHIN:
        return f"outside {_threshold(rule)}"
    if comparator is Comparator.BETWEEN:
        return f"not between {_threshold(rule)}"
    edge = measured.band.nearest(measured.value)
    if not same(measured.value, edge):
        return f"{'above' if measured.value > edge else 'below'} {_threshold(rule)}"
    return f"exactly at {_threshold(rule)}" + (
        "" if measured.holds else f", not {_HOLDS[comparator]}"
    )


def _condition(rule: Rule) -> str:
    return f"{_HOLDS[rule.condition.comparator]} {_threshold(rule)}"


def _threshold(rule: Rule) -> str:
    condition = rule.condition
    limit = exactly(condition.limit, rule.unit)
    if condition.comparator is Comparator.WITHIN:
        return f"±{limit}"
    if condition.upper is not None:
        return f"{limit} and {exactly(condition.upper, rule.unit)}"
    return f"+{limit}" if condition.versus and condition.limit.value > 0 else limit
