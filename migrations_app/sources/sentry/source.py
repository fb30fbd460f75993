"""Sentry: one function of the events of a window of time, by its table of events.

A query is a function, and after `where` a search in Sentry's own words:

    count() where level:error release:orders@2.0

Source: Sentry's API reference, "Query Explore Events in Table Format". Not verified against Sentry
itself: what `dataScanned` says, and the words of its errors.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome
from migrations_app.sources.sentry.config import SentryConfig
from migrations_app.sources.value import DATA, NoValue, number, unfit
from migrations_app.sources.web.desk import Desk
from migrations_app.sources.web.windowed import Windowed
from migrations_app.sources.web.words import not_json
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

    from migrations_app.sources.value import Value
    from migrations_app.sources.web.windowed import Span
    from migrations_app.wire.answer import Answer

_QUERY: Final = re.compile(r"(?P<field>.+?)(?:\s+where\s+(?P<search>.+))?", re.DOTALL)
# A function of its columns, or an equation of functions. A bare column would list events.
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*\([^()]*\)|equation\|[^\n]+")
_MEANING: Final = {
    401: "Sentry does not know our token (401); is it of this region?",
    403: "our token may not read events (403); it needs the scope org:read",
    404: "there is no such organisation at this address (404); check organisation and url",
    429: "Sentry's rate limit is used up (429); lengthen the interval",
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Meta(_Part):
    """`scanned`: `partial` where Sentry looked at a sample only."""

    scanned: str | None = Field(default=None, alias="dataScanned")


class _Table(_Part):
    data: list[dict[str, Any]]
    meta: _Meta = _Meta()


class SentrySource(Windowed):
    """Keeps its connections between calls. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "sentry"
    Config: ClassVar[type[BaseModel]] = SentryConfig
    tried: ClassVar[str] = "a fake of its table of events"

    def __init__(self, config: SentryConfig) -> None:
        desk = Desk(config, config.credentials(), config.concurrency, _MEANING)
        super().__init__(config, desk)
        self._path = f"/api/0/organizations/{config.organisation}/events/"
        self._always = [
            ("dataset", config.dataset),
            ("per_page", "2"),
            *(("project", str(number)) for number in config.projects or (-1,)),
            *(("environment", name) for name in config.environments),
        ]

    def __repr__(self) -> str:
        return f"SentrySource({self._config.host})"

    def request(self, text: str, span: Span) -> httpx.Request | NoValue:
        """The function and the search of `text`, between the two moments of `span`."""
        match = _QUERY.fullmatch(text)
        field = match["field"].strip() if match else ""
        if match is None or not _FIELD.fullmatch(field):
            return unfit("write one function, such as count() or p95(span.duration) where …")
        search = " ".join((match["search"] or "").split())
        when = [("start", _iso(span.start)), ("end", _iso(span.end))]
        return self._desk.get(
            self._path, [("field", field), ("query", search), *when, *self._always]
        )

    def value(self, answer: Answer) -> Value:
        """The one number of the one row."""
        try:
            table = _Table.model_validate_json(answer.body)
        except ValidationError:
            return not_json(answer, "Sentry's")
        if table.meta.scanned == "partial":
            sentence = "it looked at a sample of the events only; search for fewer"
            return NoValue(Outcome.WARNINGS, sentence)
        return _one(table.data)

    def check(self) -> list[Finding]:
        """Whether our token may read events, and how protected the road is."""
        value = self.now("count()")
        road = protection(self._config, "healthy numbers")
        if isinstance(value, NoValue) and value.outcome not in DATA:
            return [Finding(ok=False, what=self._config.host, sentence=value.detail), *road]
        return [Finding(ok=True, what=self._config.host, sentence="lets us read events"), *road]


def _one(rows: list[dict[str, Any]]) -> Value:
    if len(rows) > 1:
        return NoValue(Outcome.MANY_SERIES, "several rows answer; ask for one function")
    if not rows:
        return NoValue(Outcome.EMPTY, "no event matches; that is not zero")
    if len(rows[0]) != 1:
        return unfit(f"it gives {len(rows[0])} columns; ask for one function")
    return number(next(iter(rows[0].values())))


def _iso(at: datetime) -> str:
    """As Sentry writes moments: UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
