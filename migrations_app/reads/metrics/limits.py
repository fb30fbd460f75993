"""Where the limits of a rule lie, in the unit in which its readings are drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from migrations_app.domain.quantity import Unit

if TYPE_CHECKING:
    from migrations_app.domain.chart import Limits
    from migrations_app.domain.verdict.rule import Rule


def limits_of(rule: Rule, captured: float | None) -> Limits:
    """`captured`: the baseline that was read at the start, where the rule compares with one.

    A burn rate's factor becomes the error ratio that would burn so fast. A budget has no limit that
    stands still: the longer a run, the less its ratio may be.
    """
    if rule.budget is not None:
        return _nowhere
    if rule.burn is not None:
        edge = rule.condition.limit.value * (1 - rule.burn.slo)
        return partial(_always, (edge,))
    if rule.versus is None:
        return partial(_always, rule.condition.band(rule.unit).edges)
    if captured is not None:
        return partial(_always, rule.condition.band(rule.unit, captured).edges)
    return partial(_beside, rule)


def unit_of(rule: Rule) -> Unit:
    """What is drawn is what was read: of a burn rate or a budget that is the error ratio."""
    return Unit.RATIO if rule.burn or rule.budget else rule.unit


def _nowhere(_: float | None) -> tuple[float, ...]:
    return ()


def _always(edges: tuple[float, ...], _: float | None) -> tuple[float, ...]:
    return edges


def _beside(rule: Rule, reference: float | None) -> tuple[float, ...]:
    return () if reference is None else rule.condition.band(rule.unit, reference).edges
