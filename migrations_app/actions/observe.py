"""Write down what was read and judged at one tick of one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record, ring
from migrations_app.actions.watch import make_up
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.states import LIVE, State
from migrations_app.domain.timeline import Kind
from migrations_app.domain.verdict.judge import step
from migrations_app.domain.verdict.memory import Memory, fresh
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.stored import evidence_json, reading_json
from migrations_app.domain.words import named
from migrations_app.models import Check, Reading, SourceTick
from migrations_app.reads.plans import rules_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain import reading
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.outcome import Verdict
    from migrations_app.domain.verdict.rule import Rule


@dataclass(frozen=True, slots=True)
class Seen:
    """One check at one tick. `captured`: its baseline, when it was read at this tick."""

    name: str
    evidence: Evidence
    captured: reading.Reading | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Which tick of which clock this is, and in which leg, under which plan, it was read."""

    tick_id: int
    number: int
    run_id: int
    leg: int
    plan_sha256: str


def observe(slot: Slot, seen: Sequence[Seen]) -> bool:
    """Judge what was read, store readings and verdicts, and an event for each that changed.

    It is judged here, on what the row remembers while it is held: two workers that read at the
    same time are judged one after the other, and neither is forgotten.

    A slot counts once: False if it was recorded already, or if the run's leg ended or its plan was
    amended meanwhile.
    """
    with locked(slot.run_id) as held:
        asked = (slot.leg, slot.plan_sha256)
        if (held.run.leg, held.run.plan_sha256) != asked or not _take(slot, held):
            return False
        rows = {c.name: c for c in Check.objects.filter(run=held.run)}
        rules = rules_in(held.run)
        told = [_update(held, rules[one.name], rows[one.name], one) for one in seen]
        _store([rows[one.name] for one in seen])
        Reading.objects.bulk_create(told, ignore_conflicts=True)
        ring(held.run.pk, "metrics")
    return True


_FIELDS = (
    "memory", "baseline", "status", "reason", "sentence", "value", "progress", "since",
    "changed_at", "evaluated_at", "sampled_at", "evidence",
)  # fmt: skip


def _store(rows: Sequence[Check]) -> None:
    """As one statement of plain values: there may be thousands of them, several times a minute."""
    Check.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=_FIELDS
    )


def _take(slot: Slot, held: Locked) -> bool:
    """The slot's number may be recorded once."""
    before = SourceTick.objects.get(pk=slot.tick_id)
    mine = SourceTick.objects.filter(pk=slot.tick_id, done_slot__lt=slot.number)
    if mine.update(done_slot=slot.number, done_at=held.now, running_until=None) != 1:
        return False
    make_up(held, before)
    return True


def _update(held: Locked, rule: Rule, row: Check, one: Seen) -> Reading:
    """Bring the row up to date. Returns what is to be kept of this tick."""
    memory = Memory.from_json(row.memory) if row.memory else fresh()
    memory, verdict = step(rule, memory, one.evidence, held.run.settled_at)
    before, row.memory = row.status, memory.to_json()
    row.status, row.reason = verdict.status.value, verdict.reason.value
    row.sentence, row.value = verdict.sentence[:500], verdict.value
    row.progress, row.since = verdict.progress, verdict.since
    row.evaluated_at = held.now
    row.sampled_at = one.evidence.value.sampled_at
    row.evidence = evidence_json(one.evidence)
    if one.captured is not None and row.baseline is None:
        _capture(held, row, one.captured)
    if before != verdict.status:
        row.changed_at = held.now
        _tell(held, one.name, verdict, before)
    return _reading(held, row, one, verdict)


def _capture(held: Locked, row: Check, captured: reading.Reading) -> None:
    row.baseline = reading_json(captured)
    payload = {"check": row.name, "baseline": row.baseline}
    sentence = f"Baseline of {row.name} captured: {captured.value:g}"
    record(held, Kind.BASELINE, sentence, ENGINE, payload=payload)


def _tell(held: Locked, name: str, verdict: Verdict, before: str) -> None:
    """A change of verdict is an event while the run is live, except a first look or a passing
    thought: PENDING on its way to PASS says nothing yet."""
    status = verdict.status
    first_look = before == Status.NO_DATA and status is Status.PENDING
    if State(held.run.state) not in LIVE or first_look:
        return
    payload = {
        "check": name,
        "status": status.value,
        "before": before,
        "reason": verdict.reason.value,
        "value": verdict.value,
        "observe": held.bound.check(name).observe,
    }
    sentence = f"{status.value.replace('_', ' ')} · {named(name, verdict.sentence)}"
    record(held, Kind.VERDICT, sentence, ENGINE, payload=payload)


def _reading(held: Locked, row: Check, one: Seen, verdict: Verdict) -> Reading:
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
        status=verdict.status.value,
        evidence=row.evidence,
    )
