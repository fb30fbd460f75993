"""Sources whose measurements lie in our own tables: there is nothing to connect to.

They may not read tables themselves. Whoever runs one hands in a lookup (`conductor/lookups.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome, Point, Query, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from pydantic import BaseModel

Lookup = Callable[[Query, datetime], Reading | None]
"""What is on record for a query at a moment; None where there is nothing. May raise nothing that
a query alone can cause."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks something up: the source called `source` of a run, as it is configured."""

    run_id: int
    source: str
    config: BaseModel


class LookedUp:
    """Answers each query with what the lookup finds. Without one it finds nothing."""

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    past: ClassVar[bool] = False
    tried: ClassVar[str]
    nothing: ClassVar[str]  # the detail of a reading where nothing is on record
    no_past: ClassVar[str]  # why nobody can be asked what was
    waits: ClassVar[str]  # what doctor says of it

    def __init__(self, config: BaseModel, lookup: Lookup | None = None) -> None:
        self.config = config
        self.lookup = lookup

    def asking(self, lookup: Lookup) -> Self:
        """The same source with its answers at hand."""
        return type(self)(self.config, lookup)

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """One reading per query: what is on record, or EMPTY."""
        return [self._one(query, at) for query in queries]

    def _one(self, query: Query, at: datetime) -> Reading:
        refused = self.invalid(query)
        if refused:
            return Reading(query.key, query.text, Outcome.ERROR, detail=refused)
        found = self.lookup(query, at) if self.lookup else None
        return found or Reading(query.key, query.text, Outcome.EMPTY, detail=self.nothing)

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        raise Permanent(self.no_past)

    def invalid(self, query: Query) -> str | None:
        """Only what is, never what was: an offset is refused."""
        return self.no_past if query.offset else None

    def check(self) -> list[Finding]:
        return [Finding(ok=True, what=self.kind, sentence=self.waits)]

    def close(self) -> None:
        """Nothing is open."""
