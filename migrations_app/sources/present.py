"""What is common to sources that only know what is: no offsets, no histories."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue, reading, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from migrations_app.domain.reading import Point, Query, Reading
    from migrations_app.sources.value import Value

NO_PAST: Final = NoValue(
    Outcome.ERROR,
    "this source only knows what is: it can't answer for an earlier moment (offset, baseline)",
    Blame.QUERY,
)


class Present:
    """Whoever inherits gives `kind` and `values`."""

    kind: ClassVar[str]
    past: ClassVar[bool] = False

    def values(self, texts: Sequence[str]) -> list[Value]:
        """One value per text, in order, asked concurrently and within the timeout. No text is
        given twice."""
        raise NotImplementedError

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """As of now, whatever `at` says: `sampled_at` is the moment before we asked, by our own
        clock, so that no value ever looks younger than it is."""
        texts = list(dict.fromkeys(query.text for query in queries if not query.offset))
        now = datetime.now(UTC)
        found = dict(zip(texts, self.values(texts) if texts else [], strict=True))
        return [
            reading(query, NO_PAST if query.offset else found[query.text], now) for query in queries
        ]

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        raise Permanent(f'A source of kind "{self.kind}" has no history: it only knows what is.')

    def invalid(self, query: Query) -> str | None:
        """Asks it once: that also finds what can be parsed but not judged."""
        if query.offset:
            return NO_PAST.detail
        [value] = self.values([query.text])
        return refusal(value)
