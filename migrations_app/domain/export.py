"""A run's timeline as one JSON document that can be verified anywhere, without our database."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, StrictInt, StrictStr

from migrations_app.domain.finding import Finding
from migrations_app.domain.fold import Contradiction, fold
from migrations_app.domain.plan.bind import digest
from migrations_app.domain.replay.sample import Sample
from migrations_app.domain.timeline import Entry, plain, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrations_app.domain.timeline import Broken

FORMAT: Final = "warroom-timeline/1"
_SHOWN: Final = 10


class Line(BaseModel):
    """One entry, with every field that its hash covers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: StrictInt
    seq: StrictInt
    at: AwareDatetime
    kind: StrictStr
    verb: StrictStr
    actor: StrictStr
    leg: StrictInt
    phase: StrictInt
    revision: StrictInt
    sentence: StrictStr
    payload: JsonValue
    prev_hash: StrictStr
    hash: StrictStr

    def entry(self) -> Entry:
        """The entry as it was written."""
        return Entry(**{one.name: getattr(self, one.name) for one in fields(Entry)})


class Measured(BaseModel):
    """One reading of a check, with everything that it was judged on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: StrictStr
    leg: StrictInt
    at: AwareDatetime
    settled_at: AwareDatetime | None
    status: StrictStr
    evidence: dict[str, JsonValue]

    def sample(self) -> Sample:
        """As it was recorded."""
        return Sample(**{one.name: getattr(self, one.name) for one in fields(Sample)})


class Head(BaseModel):
    """Which run it is, and where its timeline ends. `plan` is what the run executes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: StrictStr = FORMAT
    run: StrictInt
    migration: StrictStr
    environment: StrictStr
    state: StrictStr
    seq: StrictInt
    head_hash: StrictStr
    exported_at: AwareDatetime
    plan: dict[str, JsonValue]


class Document(Head):
    """The whole export. `readings` are there if they were asked for; no hash covers them."""

    entries: list[Line]
    readings: list[Measured] | None = None


def opening(head: Head) -> str:
    """The document up to its entries; each `line` follows, all but the first after a comma."""
    return head.model_dump_json(indent=1).removesuffix("\n}") + ',\n "entries": [\n'


CLOSING: Final = "\n]}\n"
READINGS: Final = '\n],\n "readings": [\n'
"""Instead of closing: the readings follow, as `measured` lines, and then it is closed."""


def line(entry: Entry) -> str:
    """One entry as JSON, on one line."""
    return json.dumps(plain({one.name: getattr(entry, one.name) for one in fields(Entry)}))


def measured(sample: Sample) -> str:
    """One reading as JSON, on one line."""
    return json.dumps(plain({one.name: getattr(sample, one.name) for one in fields(Sample)}))


def audit(document: Document, head: str | None = None) -> list[Finding]:
    """Is it whole, could it have happened, is its plan the one that was frozen?

    `head`: the last hash as somebody noted it elsewhere. Without it a timeline that was rewritten
    from some entry on, to the very end, can't be told from the one that was written.
    """
    entries = [one.entry() for one in document.entries]
    return [
        chain(verify(entries, document.head_hash), document.seq, len(entries)),
        *noted(document.head_hash, head),
        told(entries, document.plan),
    ]


def chain(broken: list[Broken], expected: int, found: int) -> Finding:
    """What is to be said of the chain of hashes."""
    if found != expected:
        sentence = f"{expected} entries were written, {found} are here"
        return Finding(ok=False, what="chain", sentence=sentence)
    if broken:
        places = "; ".join(f"entry {one.seq}: {one.sentence}" for one in broken[:_SHOWN])
        more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        return Finding(ok=False, what="chain", sentence=f"it is broken: {places}{more}")
    return Finding(ok=True, what="chain", sentence=f"{found} entries, none missing, none changed")


def noted(found: str, head: str | None) -> list[Finding]:
    """Whether the last hash is the one that was noted elsewhere, if one was."""
    if head is None:
        return []
    if head == found:
        return [Finding(ok=True, what="head", sentence="it ends with the hash that was noted")]
    sentence = f"it ends with {found or 'nothing'}, not with the hash that was noted"
    return [Finding(ok=False, what="head", sentence=sentence)]


def told(entries: Iterable[Entry], plan: Mapping[str, object]) -> Finding:
    """Whether a run can have lived this, on this plan."""
    try:
        story = fold(entries)
    except Contradiction as contradiction:
        return Finding(ok=False, what="story", sentence=f"it contradicts itself: {contradiction}")
    if story.plan_sha256 != digest(plan):
        return Finding(ok=False, what="plan", sentence="it is not the plan that was frozen")
    sentence = f"it can be told from start to end; the run is {story.state.replace('_', ' ')}"
    return Finding(ok=True, what="story", sentence=sentence)
