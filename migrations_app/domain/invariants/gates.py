"""Nothing goes forward without fresh, real passes, nor before it was watched long enough."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.invariants.night import Night, Wrong
from migrations_app.domain.invariants.order import FORWARD
from migrations_app.domain.states import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrations_app.domain.timeline import Entry

SLACK_S: Final = 0.5
"""An evaluation is stamped when it is written down, its readings when they were asked for."""


def passes(night: Night) -> Iterator[Wrong]:
    """What a gate asks for passed: young, from after the last flip, on a real number. What was gone
    over had failed; nobody goes over what nobody knows."""
    settled: datetime | None = None
    for entry in night.entries:
        settled = _settled(entry, settled)
        if entry.verb in FORWARD:
            for why in _lacking(night, entry, settled):
                yield Wrong("passes", f"entry {entry.seq} ({entry.kind}): {why}")


def _settled(entry: Entry, before: datetime | None) -> datetime | None:
    delta = _dict(_dict(entry.payload).get("delta"))
    if "settled_at" not in delta:
        return before
    told = delta["settled_at"]
    return None if told is None else datetime.fromisoformat(str(told))


def _lacking(night: Night, entry: Entry, settled: datetime | None) -> Iterator[str]:
    payload = _dict(entry.payload)
    over = payload.get("overrides") or []
    shown = {one["check"]: one for one in _dict(payload.get("evidence")).get("checks", [])}
    for name in night.plan.plan.phases[entry.phase].gate.checks:
        found = shown.get(name)
        if found is None:
            yield f"nothing is known of {name}"
        elif name in over:
            if found["status"] != "FAIL":
                yield f"{name} was gone over, but it was {found['status']}"
        else:
            yield from _doubts(night, entry, found, settled)


def _doubts(
    night: Night, entry: Entry, found: Mapping[str, Any], settled: datetime | None
) -> Iterator[str]:
    name, age = found["check"], found["evaluated_age_s"]
    if found["status"] != "PASS":
        yield f"{name} was {found['status']}"
    if not _real(found):
        yield f"{name} passed on no number"
    patience = 2 * night.plan.sources[night.plan.check(name).source].interval
    if age is None or timedelta(seconds=age) > patience + timedelta(seconds=SLACK_S):
        yield f"{name} was judged {age} s before, longer than {patience.total_seconds():g} s"
    elif settled and entry.at - timedelta(seconds=age) < settled - timedelta(seconds=SLACK_S):
        yield f"{name} was judged before the weights had settled"


def _real(found: Mapping[str, Any]) -> bool:
    """Whether what it was judged on was an answer, and a finite number."""
    part = _dict(_dict(found.get("readings")).get("value"))
    value = part.get("value")
    return part.get("outcome") == "ok" and isinstance(value, int | float) and math.isfinite(value)


def watched(night: Night) -> Iterator[Wrong]:
    """A hold lasts as long as the plan says, and counts only while somebody looks: what lies
    between two evaluations more than two intervals apart is not part of it."""
    start: datetime | None = None
    for entry in night.entries:
        delta = _dict(_dict(entry.payload).get("delta"))
        if "hold_from" in delta:
            told = delta["hold_from"]
            start = None if told is None else start or datetime.fromisoformat(str(told))
        if entry.verb == Verb.OPEN_GATE and start is not None:
            for why in _held(night, entry, start):
                yield Wrong("watched", f"entry {entry.seq} opened the gate: {why}")


def _held(night: Night, entry: Entry, start: datetime) -> Iterator[str]:
    phase = night.plan.plan.phases[entry.phase]
    if entry.at - start < phase.hold:
        yield f"the hold had lasted {(entry.at - start).total_seconds():g} s only"
    for name in phase.gate.checks if night.looked else ():
        patience = 2 * night.plan.sources[night.plan.check(name).source].interval
        moments = [one.at for one in night.looked if one.check == name]
        stops = [start, *(at for at in moments if start < at < entry.at), entry.at]
        spans = [later - earlier for earlier, later in pairwise(stops)]
        seen = sum((span for span in spans if span <= patience), timedelta(0))
        if seen + timedelta(seconds=SLACK_S) < phase.hold:
            yield f"{name} was looked at for {seen.total_seconds():g} s of it only"


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


LAWS = {"passes": passes, "watched": watched}
