"""Questions in PromQL, answered from the store."""

from __future__ import annotations

import re
import time as clock
from array import array
from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import Expr, MatrixSelector

from migrations_app.practice.promql.bind import Binder, is_scalar
from migrations_app.practice.promql.errors import BadData, TimedOut
from migrations_app.practice.promql.labels import NONE
from migrations_app.practice.promql.selectors import Scope
from migrations_app.practice.promql.store import Samples
from migrations_app.practice.promql.windows import Dialect

if TYPE_CHECKING:
    from migrations_app.practice.promql.bound import VectorAt
    from migrations_app.practice.promql.labels import Labels
    from migrations_app.practice.promql.store import Store
    from migrations_app.practice.promql.vectors import Vector

LOOKBACK: Final = 300_000
_LONGEST: Final = 10_000
_NESTING: Final = re.compile(r"[-+*/%^(<>=]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_MOST_NESTING: Final = 300


class Engine:
    """All times in unix ms. Raises `QueryError`. Thread-safe."""

    def __init__(self, store: Store, dialect: Dialect = Dialect.THREE) -> None:
        self._store = store
        self._dialect = dialect

    def instant(
        self, text: str, time: int, lookback: int = LOOKBACK
    ) -> float | Vector | list[Samples]:
        """A number, a vector, or the raw samples of a range, as the type of the query is."""
        expr = parsed(text)
        binder = Binder(Scope(self._store, time, time, lookback, self._dialect))
        if isinstance(expr, MatrixSelector):
            windows = binder.ranges(expr).windows(time)
            return [Samples(labels, window.times, window.values) for labels, window in windows]
        if is_scalar(expr):
            return binder.scalar(expr)(time)
        return binder.vector(expr)(time)

    def history(
        self, text: str, times: range, deadline: float, lookback: int = LOOKBACK
    ) -> list[Samples]:
        """The query at each of `times` (at least one), `TimedOut` at the monotonic `deadline`."""
        scope = Scope(self._store, times[0], times[-1], lookback, self._dialect)
        vector = self._over(parsed(text), scope)
        lines: dict[Labels, tuple[array[int], array[float]]] = {}
        for time in times:
            if clock.monotonic() > deadline:
                raise TimedOut("the query took longer than its timeout")
            for labels, value in vector(time).items():
                when, values = lines.setdefault(labels, (array("q"), array("d")))
                when.append(time)
                values.append(value)
        return [Samples(labels, *line) for labels, line in sorted(lines.items())]

    def _over(self, expr: Expr, scope: Scope) -> VectorAt:
        binder = Binder(scope)
        if isinstance(expr, MatrixSelector):
            raise BadData("a range can't be asked for over a range of time; wrap it, as in rate()")
        if not is_scalar(expr):
            return binder.vector(expr)
        number = binder.scalar(expr)
        return lambda time: {NONE: number(time)}


def parsed(text: str) -> Expr:
    """`BadData` with the parser's words."""
    # Deep nesting would overflow the parser's native stack, and that ends the process.
    if len(text) > _LONGEST or len(_NESTING.findall(text)) > _MOST_NESTING:
        raise BadData('invalid parameter "query": too long, or too deeply nested')
    try:
        expr: Expr = promql_parser.parse(text)
    except ValueError as error:
        raise BadData(f'invalid parameter "query": parse error: {error}') from error
    return expr
