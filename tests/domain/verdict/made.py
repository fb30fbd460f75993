"""Short ways to say a rule, a series of readings, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.verdict.condition import parse_condition
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import Status, Verdict, judge
from migrations_app.domain.verdict.rule import Polarity, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.quantity import Unit

T0 = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LETTERS = {Status.PASS: "P", Status.FAIL: "F", Status.PENDING: ".", Status.NO_DATA: "?"}


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def rule(name: str, unit: Unit, written: str, **more: Any) -> Rule:
    """`written` is `fail when > 0.3 %` or `pass when < 2 s`; asked every 5 s over 5 m."""
    polarity, _, condition = written.partition(" when ")
    more = {"interval": seconds(5), "window": 5 * MINUTE, **more}
    return Rule(name, unit, parse_condition(condition), Polarity(f"{polarity}_when"), **more)


def reading(value: float | None, at: datetime) -> Reading:
    """None is a query that matched nothing."""
    if value is None:
        return Reading("k", "q", Outcome.EMPTY)
    return Reading("k", "q", Outcome.OK, value, at)


def series(
    asked: Rule, values: Sequence[float | None], reference: float | None = None
) -> list[Evidence]:
    """One evaluation per interval; `reference` is baseline and BLUE at once."""
    times = [T0 + index * asked.interval for index in range(len(values))]
    return [
        Evidence(
            at, reading(value, at), blue=reading(reference, at), baseline=reading(reference, at)
        )
        for at, value in zip(times, values, strict=True)
    ]


def verdicts(
    asked: Rule, values: Sequence[float | None], reference: float | None = None
) -> list[Verdict]:
    return judge(asked, series(asked, values, reference), None)


def letters(given: Sequence[Verdict]) -> str:
    """One letter per verdict: P, F, `.` for PENDING, `?` for NO_DATA."""
    return "".join(LETTERS[verdict.status] for verdict in given)


def last(asked: Rule, values: Sequence[float | None], reference: float | None = None) -> Verdict:
    return verdicts(asked, values, reference)[-1]
