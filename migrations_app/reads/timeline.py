"""The timeline: entries newest first, a page at a time, each with what was seen at the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from migrations_app.domain.timeline import Entry
from migrations_app.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrations_app.domain.timeline import Json

PAGE = 50


@dataclass(frozen=True, slots=True)
class SeenCheck:
    """A check as it stood at a decision. `age`: of its verdict, in seconds."""

    name: str
    status: str
    sentence: str
    rule: str
    age: float | None


@dataclass(frozen=True, slots=True)
class SeenRoute:
    """A route as it stood at a decision; weights as text, in percent of GREEN."""

    name: str
    desired: str
    observed: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `facts` is what else it says, a label and a text each."""

    seq: int
    at: datetime
    kind: str
    actor: str
    sentence: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    checks: tuple[SeenCheck, ...]
    routes: tuple[SeenRoute, ...]
    hash: str

    @property
    def unfolds(self) -> bool:
        """Whether there is more to it than its sentence."""
        return bool(self.facts or self.checks or self.routes)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first. `older`: ask for entries before this one; None at the end."""

    entries: tuple[EntryView, ...]
    older: int | None


def page(run_id: int, before: int | None = None, size: int = PAGE) -> Page:
    """One page of a run's timeline, in one query. `before`: only entries with a smaller seq."""
    rows = Event.objects.filter(run_id=run_id).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = [entry_view(row) for row in rows[: size + 1]]
    older = found[size - 1].seq if len(found) > size else None
    return Page(tuple(found[:size]), older)


def entry_view(row: Event) -> EntryView:
    """An entry as the screens show it."""
    payload = row.payload
    evidence = _mapping(payload.get("evidence"))
    return EntryView(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        sentence=row.sentence,
        reason=str(payload.get("reason", "")) if row.verb else "",
        facts=tuple(_facts(payload)),
        checks=tuple(_check(_mapping(one)) for one in _items(evidence.get("checks"))),
        routes=tuple(_route(_mapping(one)) for one in _items(evidence.get("routes"))),
        hash=row.hash,
    )


_TOLD = frozenset({"delta", "evidence", "seen", "reason", "observe"})


def _facts(payload: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Everything flat in the payload; what is deep is shown in tables or left to the export."""
    told = [(key, value) for key, value in payload.items() if key not in _TOLD]
    return [(key.replace("_", " "), _text(value)) for key, value in told if value not in ("", [])]


def _text(value: Json) -> str:
    match value:
        case dict():
            return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
        case list():
            return ", ".join(_text(item) for item in value)
        case None:
            return "–"
        case _:
            return str(value)


def _check(seen: Mapping[str, Json]) -> SeenCheck:
    age = seen.get("evaluated_age_s")
    return SeenCheck(
        name=str(seen.get("check", "")),
        status=str(seen.get("status", "")),
        sentence=str(seen.get("sentence", "")),
        rule=f"{str(seen.get('polarity', '')).replace('_', ' ')} {seen.get('rule', '')}",
        age=float(age) if isinstance(age, int | float) else None,
    )


def _route(seen: Mapping[str, Json]) -> SeenRoute:
    observed = seen.get("observed")
    return SeenRoute(
        name=str(seen.get("route", "")),
        desired=f"{seen.get('desired')} %",
        observed="not read" if observed is None else f"{observed} %",
    )


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def as_entry(row: Event) -> Entry:
    """A row as it was hashed."""
    return Entry(
        run=row.run_id,
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        verb=row.verb,
        actor=row.actor,
        leg=row.leg,
        phase=row.phase,
        revision=row.revision,
        sentence=row.sentence,
        payload=cast("Json", row.payload),
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
