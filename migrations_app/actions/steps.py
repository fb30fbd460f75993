"""Complete a step, leave a note, push evidence: what people add without moving the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.pins import entry_of
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb, rule
from migrations_app.domain.timeline import Kind
from migrations_app.models import Pushed, StepDone
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.phase import Step
    from migrations_app.models import Event


def complete_step(run_id: int, actor: Actor, click: Click, name: str) -> once.Outcome:
    """Tick a step of the current phase. `click.reason` is kept as its note."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.COMPLETE_STEP, name):
            return done
        require(actor, held.run.migration_id, Verb.COMPLETE_STEP)
        rule(held.state, Verb.COMPLETE_STEP)
        once.require_fresh_screen(held, click)
        event = tick(held, actor, step_named(held, name), click.reason)
        once.remember(held, actor, click, Verb.COMPLETE_STEP, event, name)
    return once.outcome(held, event)


def tick(held: Locked, actor: Actor, step: Step, note: str) -> Event:
    """Write down that a step is done; refused when it was done before in this leg."""
    run = held.run
    _, fresh = StepDone.objects.get_or_create(
        run=run, leg=run.leg, phase=run.phase, name=step.name,
        defaults={"by": actor.name, "at": held.now, "note": note[:500]},
    )  # fmt: skip
    if not fresh:
        raise Refused("step_done", f'Step "{step.name}" is done already.')
    payload = {"step": step.name, "reason": note}
    sentence = f'Step "{step.title or step.name}" done by {actor.name}'
    return record(held, Kind.STEP_COMPLETED, sentence, actor, Verb.COMPLETE_STEP, payload)


def step_named(held: Locked, name: str) -> Step:
    """The step of the current phase with this name. Refused where there is none, or no phase."""
    if held.run.phase < 0:
        raise Refused("unknown_step", "No phase was entered yet: its steps come with it.")
    for step in held.phase.steps:
        if step.name == name:
            return step
    known = ", ".join(step.name for step in held.phase.steps) or "none"
    raise Refused("unknown_step", f'This phase has no step "{name}". Its steps: {known}.')


def note(run_id: int, actor: Actor, click: Click, about: int | None = None) -> once.Outcome:
    """Put a sentence on the timeline. `about`: the seq of the entry that it annotates."""
    if not click.reason.strip():
        raise Refused("reason", "A note needs words.")
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.NOTE, about):
            return done
        require(actor, held.run.migration_id, Verb.NOTE)
        event = _note(held, actor, click.reason.strip(), about)
        once.remember(held, actor, click, Verb.NOTE, event, about)
    return once.outcome(held, event)


def _note(held: Locked, actor: Actor, text: str, about: int | None) -> Event:
    if about is None:
        return record(held, Kind.NOTE, f"{actor.name}: {text}", actor, Verb.NOTE)
    sentence = f"{actor.name} on entry {entry_of(held, about).seq}: {text}"
    return record(held, Kind.NOTE, sentence, actor, Verb.NOTE, {"about": about})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A measurement made elsewhere. `value` in the check's unit; times aware, UTC.

    `tool` and `file` (its SHA-256) where it was read from a tool's result file.
    """

    check: str
    value: float
    sampled_at: datetime
    expires_at: datetime
    samples: float | None = None
    tool: str = ""
    file: str = ""

    @property
    def said(self) -> list[object]:
        """What makes one push differ from another under the same key."""
        if self.file:  # when it was read may differ
            return [self.check, self.tool, self.file]
        return [self.check, self.value, self.sampled_at, self.expires_at, self.samples]


def push_evidence(run_id: int, actor: Actor, click: Click, evidence: Evidence) -> once.Outcome:
    """Take a measurement from a pipeline for a check whose source is of kind `pushed`."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.NOTE, evidence.said):
            return done
        require(actor, held.run.migration_id, Verb.NOTE)
        _require_pushable(held, evidence)
        Pushed.objects.create(
            run=held.run, check_name=evidence.check, value=evidence.value, by=actor.name,
            samples=evidence.samples, sampled_at=evidence.sampled_at, at=held.now,
            expires_at=evidence.expires_at,
        )  # fmt: skip
        payload = {"check": evidence.check, "value": evidence.value, "samples": evidence.samples}
        payload |= {"tool": evidence.tool, "file": evidence.file} if evidence.file else {}
        sentence = f"Evidence for {evidence.check} pushed by {actor.name}"
        event = record(held, Kind.EVIDENCE_PUSHED, sentence, actor, payload=payload)
        once.remember(held, actor, click, Verb.NOTE, event, evidence.said)
    return once.outcome(held, event)


def _require_pushable(held: Locked, evidence: Evidence) -> None:
    spec = next((spec for spec in held.plan.checks if spec.name == evidence.check), None)
    pushed = [s.name for s in held.plan.checks if held.bound.sources[s.source].kind == "pushed"]
    if spec is None or spec.name not in pushed:
        raise Refused(
            "unknown_check",
            f'"{evidence.check}" takes no pushed evidence. Checks that do: '
            f"{', '.join(pushed) or 'none in this plan'}.",
        )
    if evidence.sampled_at > held.now or evidence.expires_at <= held.now:
        raise Refused("expired", "The evidence is from the future, or has expired already.")
