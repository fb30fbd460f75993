"""Write down what was read and judged at one tick of one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record, ring
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.states import LIVE, State
from migrations_app.domain.timeline import Kind, plain
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.words import named
from migrations_app.models import Check, Reading, SourceTick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain import reading
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.memory import Memory
    from migrations_app.domain.verdict.outcome import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """One check at one tick. `captured`: its baseline, when it was read at this tick."""

    name: str
    evidence: Evidence
    memory: Memory
    verdict: Verdict
    captured: reading.Reading | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Which tick of which clock this is, and in which leg of the run it was judged."""

    tick_id: int
    number: int
    run_id: int
    leg: int


def observe(slot: Slot, judged: Sequence[Judged]) -> bool:
    """Store readings and verdicts, and an event for each verdict that changed.

    A slot counts once: False if it was recorded already, or if the run's leg ended meanwhile.
    """
    with locked(slot.run_id) as held:
        if held.run.leg != slot.leg or not _take(slot, held):
            return False
        rows = {c.name: c for c in Check.objects.filter(run=held.run)}
        for one in judged:
            _update(held, rows[one.name], one)
        Check.objects.bulk_update([rows[one.name] for one in judged], _FIELDS)
        Reading.objects.bulk_create([_reading(held, one) for one in judged], ignore_conflicts=True)
        ring(held.run.pk, "metrics")
    return True


_FIELDS = (
    "memory", "baseline", "status", "reason", "sentence", "value", "progress", "since",
    "changed_at", "evaluated_at", "sampled_at", "evidence",
)  # fmt: skip


def _take(slot: Slot, held: Locked) -> bool:
    """The slot's number may be recorded once."""
    mine = SourceTick.objects.filter(pk=slot.tick_id, done_slot__lt=slot.number)
    return mine.update(done_slot=slot.number, done_at=held.now, running_until=None) == 1


def _update(held: Locked, row: Check, one: Judged) -> None:
    verdict = one.verdict
    changed = row.status != verdict.status
    before = row.status
    row.memory = one.memory.to_json()
    row.status, row.reason = verdict.status.value, verdict.reason.value
    row.sentence, row.value = verdict.sentence[:500], verdict.value
    row.progress, row.since = verdict.progress, verdict.since
    row.evaluated_at = held.now
    row.sampled_at = one.evidence.value.sampled_at
    row.evidence = readings_json(one.evidence)
    if one.captured is not None and row.baseline is None:
        _capture(held, row, one.captured)
    if changed:
        row.changed_at = held.now
        _tell(held, one, before)


def _capture(held: Locked, row: Check, captured: reading.Reading) -> None:
    row.baseline = reading_json(captured)
    payload = {"check": row.name, "baseline": row.baseline}
    sentence = f"Baseline of {row.name} captured: {captured.value:g}"
    record(held, Kind.BASELINE, sentence, ENGINE, payload=payload)


def _tell(held: Locked, one: Judged, before: str) -> None:
    """A change of verdict is an event while the run is live, except a first look or a passing
    thought: PENDING on its way to PASS says nothing yet."""
    status = one.verdict.status
    first_look = before == Status.NO_DATA and status is Status.PENDING
    if State(held.run.state) not in LIVE or first_look:
        return
    payload = {
        "check": one.name,
        "status": status.value,
        "before": before,
        "reason": one.verdict.reason.value,
        "value": one.verdict.value,
        "observe": held.bound.check(one.name).observe,
    }
    sentence = f"{status.value.replace('_', ' ')} · {named(one.name, one.verdict.sentence)}"
    record(held, Kind.VERDICT, sentence, ENGINE, payload=payload)


def _reading(held: Locked, one: Judged) -> Reading:
    evidence = one.evidence
    blue = None if evidence.blue is None else evidence.blue.value
    return Reading(
        run=held.run,
        check_name=one.name,
        leg=held.run.leg,
        at=evidence.at,
        settled_at=held.run.settled_at,
        outcome=evidence.value.outcome.value,
        value=evidence.value.value,
        blue=blue,
        status=one.verdict.status.value,
        evidence=readings_json(evidence),
    )


def readings_json(evidence: Evidence) -> dict[str, object]:
    """Everything the verdict was judged on, by part; enough to judge it again."""
    parts = {
        name: reading_json(part)
        for name in ("value", "short", "blue", "baseline", "samples")
        if (part := getattr(evidence, name)) is not None
    }
    elapsed = None if evidence.elapsed is None else evidence.elapsed.total_seconds()
    return {**parts, "elapsed_s": elapsed}


def reading_json(one: reading.Reading) -> dict[str, object]:
    """A reading as JSON."""
    fields = {
        "key": one.key,
        "query": one.query,
        "outcome": one.outcome.value,
        "value": one.value,
        "sampled_at": one.sampled_at,
        "detail": one.detail,
    }
    return cast("dict[str, object]", plain(fields))
