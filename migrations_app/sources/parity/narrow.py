"""From a span that differs to the rows that do, without reading what is equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from migrations_app.sources.parity.side import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

    from migrations_app.domain.parity.progress import Key
    from migrations_app.sources.parity.side import Sum

T = TypeVar("T")

LEAF: Final = 1_000
"""Rows of a span whose digests are compared one by one."""

PARTS: Final = 8


class Summed(Protocol):
    """What narrowing asks of a side."""

    def edge(self, span: Span, count: int) -> Key | None: ...
    def sum(self, span: Span) -> Sum: ...
    def cuts(self, span: Span, each: int) -> list[Key]: ...
    def prints(self, span: Span) -> dict[Key, str]: ...


@dataclass
class Both:
    """Both sides, asked at the same time. `read` counts the rows that were looked at on each."""

    blue: Summed
    green: Summed
    pool: ThreadPoolExecutor
    read: int = field(default=0)

    def ask(self, question: Callable[[Summed], T]) -> tuple[T, T]:
        """The answers of BLUE and GREEN."""
        other = self.pool.submit(question, self.green)
        try:
            mine = question(self.blue)
        finally:
            error = other.exception()  # a connection is not shared: nobody leaves before both
        if error is not None:
            raise error
        return mine, other.result()

    def sums(self, span: Span) -> tuple[Sum, Sum]:
        """The digests of a span."""
        blue, green = self.ask(lambda side: side.sum(span))
        self.read += max(blue.totals.rows, green.totals.rows)
        return blue, green


def narrow(both: Both, span: Span, blue: Sum, green: Sum) -> list[Key]:
    """Keys of all rows of the span that are not the same on both sides, in no order."""
    if blue.digest == green.digest:
        return []
    size = max(blue.totals.rows, green.totals.rows)
    if size <= LEAF:
        return _leaf(both, span, size)
    larger = both.blue if blue.totals.rows >= green.totals.rows else both.green
    cuts = larger.cuts(span, -(-size // PARTS))
    both.read += size
    bounds = [span.after, *[one for one in cuts if one != span.upto], span.upto]
    parts = [Span(low, high) for low, high in pairwise(bounds)]
    return [key for part in parts for key in narrow(both, part, *both.sums(part))]


def _leaf(both: Both, span: Span, size: int) -> list[Key]:
    blue, green = both.ask(lambda side: side.prints(span))
    both.read += size
    return [key for key in {**blue, **green} if blue.get(key) != green.get(key)]
