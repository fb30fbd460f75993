"""Questions in PromQL, answered from the store."""

from __future__ import annotations

import re
import time as clock
from array import array
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import promql_parser
from promql_parser import Expr, MatrixSelector

from migrations_app.practice.promql.bind import Binder, is_scalar
from migrations_app.practice.promql.errors import BadData, TimedOut
from migrations_app.practice.promql.labels import NONE
from migrations_app.practice.promql.selectors import Scope
from migrations_app.practice.promql.store import Samples
from migrations_app.practice.promql.vectors import Vector
from migrations_app.practice.promql.windows import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrations_app.practice.promql.labels import Labels
    from migrations_app.practice.promql.store import Store

Result = float | Vector | list[Samples]

LOOKBACK: Final = 300_000
_LONGEST: Final = 10_000
_NESTING: Final = re.compile(r"[-+*/%^(<>=]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_MOST_NESTING: Final = 300


class Engine:
    """All times in unix ms. Raises `QueryError`. Thread-safe."""

    def __init__(self, store: Store, dialect: Dialect = Dialect.THREE) -> None:
        self._store = store
        self._dialect = dialect

    def instant(self, text: str, time: int, lookback: int = LOOKBACK) -> Result:
        """A number, a vector, or the raw samples of a range, as the type of the query is."""
        return self._bound(text, Scope(self._store, time, time, lookback, self._dialect))(time)

    def history(
        self, text: str, times: range, deadline: float, lookback: int = LOOKBACK
    ) -> list[Samples]:
        """The query at each of `times` (at least one), `TimedOut` at the monotonic `deadline`."""
        at = self._bound(text, Scope(self._store, times[0], times[-1], lookback, self._dialect))
        lines: dict[Labels, tuple[array[int], array[float]]] = {}
        for time in times:
            if clock.monotonic() > deadline:
                raise TimedOut("the query took longer than its timeout")
            for labels, value in _as_vector(at(time)).items():
                when, values = lines.setdefault(labels, (array("q"), array("d")))
                when.append(time)
                values.append(value)
        return [Samples(labels, *line) for labels, line in sorted(lines.items())]

    def _bound(self, text: str, scope: Scope) -> Callable[[int], Result]:
        with _understood():
            expr, binder = parsed(text), Binder(scope)
            if isinstance(expr, MatrixSelector):
                return binder.ranges(expr).samples
            return binder.scalar(expr) if is_scalar(expr) else binder.vector(expr)


def parsed(text: str) -> Expr:
    """`BadData` with the parser's words."""
    # Deep nesting would overflow the parser's native stack, and that ends the process.
    if len(text) > _LONGEST or len(_NESTING.findall(text)) > _MOST_NESTING:
        raise BadData('invalid parameter "query": too long, or too deeply nested')
    with _understood():
        expr: Expr = promql_parser.parse(text)
    return expr


def _as_vector(result: Result) -> Vector:
    if isinstance(result, list):
        raise BadData("a range can't be asked for over a range of time; wrap it, as in rate()")
    return result if isinstance(result, dict) else {NONE: result}


@contextmanager
def _understood() -> Iterator[None]:
    """The parser's words for what it can't read, and for numbers and times beyond its bounds."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise _unreadable(error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a native panic, which is no Exception
            raise
        raise _unreadable(error) from None


def _unreadable(error: BaseException) -> BadData:
    return BadData(f'invalid parameter "query": parse error: {error}')
