"""Evidence pushed by pipelines. There is nothing to connect to: whoever runs it looks it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome, Point, Query, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta


class PushedConfig(BaseModel):
    """Nothing to configure: evidence comes in through the API."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PushedSource:
    """Answers each query with the newest evidence pushed under that name that has not expired."""

    kind: ClassVar[str] = "pushed"
    Config: ClassVar[type[BaseModel]] = PushedConfig
    past: ClassVar[bool] = False
    tried: ClassVar[str] = "our own API"

    def __init__(
        self,
        config: BaseModel,
        lookup: Callable[[Query, datetime], Reading | None] | None = None,
    ) -> None:
        self.config = config
        self.lookup = lookup

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """One reading per query: what was pushed, or EMPTY."""
        return [self._one(query, at) for query in queries]

    def _one(self, query: Query, at: datetime) -> Reading:
        found = self.lookup(query, at) if self.lookup else None
        nothing = "no evidence was pushed that has not expired"
        return found or Reading(query.key, query.text, Outcome.EMPTY, detail=nothing)

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        raise Permanent("Pushed evidence has no history: it is in the run's own readings.")

    def invalid(self, query: Query) -> str | None:
        return None

    def check(self) -> list[Finding]:
        return [Finding(ok=True, what="pushed evidence", sentence="waits for the API")]

    def close(self) -> None:
        """Nothing is open."""
