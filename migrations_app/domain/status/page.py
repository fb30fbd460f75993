"""One document decides for HTML, JSON, feeds, calendar and mail: nothing else reaches the public.

It is made of published public updates and of what the plan calls public. It holds no time of its
own making, so that the same facts always give the same bytes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrations_app.domain.comms.words import Impact, Stage, worst
from migrations_app.domain.timeline import Json, digest, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Told:
    """A published public update."""

    at: datetime
    headline: str
    body: str = ""
    stage: str = ""
    impact: str = ""
    components: Mapping[str, str] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page is about. `components`: name and title; `lasts`: of the announced window."""

    title: str
    intro: str = ""
    components: tuple[tuple[str, str], ...] = ()
    starts: datetime | None = None
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A component and how it does."""

    title: str
    impact: Impact


@dataclass(frozen=True, slots=True)
class Entry:
    """An update as it is shown. `number` counts from the first one on."""

    number: int
    at: datetime
    headline: str
    paragraphs: tuple[str, ...]
    stage: Stage | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. `entries` newest first; `begun_at` and `ended_at` as the updates tell."""

    title: str
    intro: str
    stage: Stage
    impact: Impact
    rows: tuple[Row, ...]
    entries: tuple[Entry, ...]
    starts: datetime | None
    ends: datetime | None
    begun_at: datetime | None
    ended_at: datetime | None

    @property
    def newest(self) -> Entry | None:
        return self.entries[0] if self.entries else None

    @property
    def next_at(self) -> datetime | None:
        """When the next update is promised; None once it is over, or where none was."""
        return None if self.newest is None or self.stage.over else self.newest.next_at

    @property
    def etag(self) -> str:
        """The digest of everything on it."""
        return digest(asdict(self))


def page(frame: Frame, told: Sequence[Told]) -> Page:
    """The page of these updates, newest first."""
    stage = _stage(told)
    impacts = _impacts(frame, told)
    said = next((Impact(one.impact) for one in told if one.impact), Impact.OPERATIONAL)
    rows = tuple(Row(title, impacts[name]) for name, title in frame.components)
    return Page(
        title=frame.title,
        intro=frame.intro,
        stage=stage,
        impact=worst([said, *impacts.values()]),
        rows=rows,
        entries=tuple(_entry(len(told) - at, one) for at, one in enumerate(told)),
        starts=frame.starts,
        ends=_ends(frame),
        begun_at=_first(told, lambda stage: stage is not Stage.SCHEDULED),
        ended_at=_first(told, lambda stage: stage.over) if stage.over else None,
    )


def _stage(told: Sequence[Told]) -> Stage:
    return next((Stage(one.stage) for one in told if one.stage), Stage.SCHEDULED)


def _impacts(frame: Frame, told: Sequence[Told]) -> dict[str, Impact]:
    """Per component what the newest update that mentions it says."""
    impacts = {name: Impact.OPERATIONAL for name, _ in frame.components}
    for one in reversed(told):
        for name, impact in one.components.items():
            if name in impacts:
                impacts[name] = Impact(impact)
    return impacts


def _entry(number: int, one: Told) -> Entry:
    blocks = (" ".join(block.split()) for block in one.body.split("\n\n"))
    return Entry(
        number=number,
        at=one.at,
        headline=one.headline,
        paragraphs=tuple(block for block in blocks if block),
        stage=Stage(one.stage) if one.stage else None,
        next_at=one.next_at,
    )


def _ends(frame: Frame) -> datetime | None:
    if frame.starts is None or frame.lasts is None:
        return None
    return frame.starts + frame.lasts


def _first(told: Sequence[Told], wanted: Callable[[Stage], bool]) -> datetime | None:
    """When an update first said such a stage, since the newest beginning."""
    found = None
    for one in told:
        if not one.stage:
            continue
        if not wanted(Stage(one.stage)):
            break
        found = one.at
    return found


def as_json(shown: Page) -> Json:
    """The page as plain JSON."""
    return plain(asdict(shown))


def from_json(data: Mapping[str, Any]) -> Page:
    """The page that `as_json` wrote."""
    return Page(
        title=data["title"],
        intro=data["intro"],
        stage=Stage(data["stage"]),
        impact=Impact(data["impact"]),
        rows=tuple(Row(row["title"], Impact(row["impact"])) for row in data["rows"]),
        entries=tuple(_entry_of(entry) for entry in data["entries"]),
        **{name: _time(data[name]) for name in ("starts", "ends", "begun_at", "ended_at")},
    )


def _entry_of(data: Mapping[str, Any]) -> Entry:
    return Entry(
        number=data["number"],
        at=datetime.fromisoformat(data["at"]),
        headline=data["headline"],
        paragraphs=tuple(data["paragraphs"]),
        stage=Stage(data["stage"]) if data["stage"] else None,
        next_at=_time(data["next_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
