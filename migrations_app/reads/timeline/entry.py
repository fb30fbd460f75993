"""An entry as the screens show it, and as it was hashed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from migrations_app.domain.timeline import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrations_app.domain.timeline import Json
    from migrations_app.models import Event


@dataclass(frozen=True, slots=True)
class SeenCheck:
    """A check as it stood at a decision. `age`: of its verdict, in seconds."""

    name: str
    status: str
    sentence: str
    rule: str
    age: float | None

    @property
    def aged(self) -> str:
        """Its age in words."""
        return "never read" if self.age is None else f"{self.age:.1f} s"


@dataclass(frozen=True, slots=True)
class SeenRoute:
    """A route as it stood at a decision; weights as text, in percent of GREEN."""

    name: str
    desired: str
    observed: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `facts` is what else it says, a label and a text each.

    `about`: the seq of the entry that this one is a note about, pins or unpins.
    """

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
    about: int | None = None

    @property
    def unfolds(self) -> bool:
        """Whether there is more to it than its sentence."""
        return bool(self.facts or self.checks or self.routes)


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
        facts=tuple(_facts(row)),
        checks=tuple(_check(_mapping(one)) for one in _items(evidence.get("checks"))),
        routes=tuple(_route(_mapping(one)) for one in _items(evidence.get("routes"))),
        hash=row.hash,
        about=_about(row),
    )


_ABOUT_AN_ENTRY = frozenset({Kind.NOTE, Kind.PINNED, Kind.UNPINNED})


def _about(row: Event) -> int | None:
    about = row.payload.get("about") if row.kind in _ABOUT_AN_ENTRY else None
    return about if isinstance(about, int) else None


_TOLD = frozenset({"delta", "evidence", "seen", "reason", "observe", "plan_before"})


def _facts(row: Event) -> list[tuple[str, str]]:
    """Everything flat in the payload; what is deep is shown in tables or left to the export."""
    told = [(key, value) for key, value in row.payload.items() if key not in _TOLD]
    if _about(row) is not None:
        told = [(key, value) for key, value in told if key != "about"]
    return [
        (key.replace("_", " "), _text(value)) for key, value in told if value not in ("", [], {})
    ]


def _text(value: Json) -> str:
    match value:
        case dict():
            return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
        case list():
            return ", ".join(_text(item) for item in value)
        case None:
            return "–"
        case str() if _MOMENT.fullmatch(value):
            return f"{value[:10]} {value[11:23]} UTC"
        case _:
            return str(value)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
"""A time, as the timeline writes it down."""


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
