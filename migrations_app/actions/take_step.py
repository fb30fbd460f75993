"""Be at a step: take it, put it down, take it over from somebody, leave a note at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.actions.steps import step_named
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.phase import Action
from migrations_app.domain.states import Verb, rule
from migrations_app.domain.timeline import Kind
from migrations_app.models import StepDone, StepNote, StepTaken
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.phase import Step
    from migrations_app.models import Event


def take(run_id: int, actor: Actor, click: Click, name: str, over: str = "") -> once.Outcome:
    """Say that you are at a step of the current phase.

    `over`: the user name of who is at it now, as your screen says; without it a step that somebody
    else is at is refused, so that nobody is pushed aside by two people clicking at once.
    """
    about = ["take", name, over]
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.TAKE_STEP, about):
            return done
        step, user_id = _open(held, actor, name)
        event = _take(held, actor, user_id, step, over)
        once.remember(held, actor, click, Verb.TAKE_STEP, event, about)
    return once.outcome(held, event)


def _take(held: Locked, actor: Actor, user_id: int, step: Step, over: str) -> Event:
    before = _taken(held, step)
    was = before.user.get_username() if before else ""
    if was == actor.name:
        raise Refused("taken", "You are at that step already.")
    if was != over:
        raise Refused("taken", _elsewhere(was, over))
    _mark(held, step, user_id)
    payload = {"step": step.name, "from": was}
    sentence = f'{actor.name} took step "{step.title or step.name}"'
    sentence += f" over from {was}" if was else ""
    return record(held, Kind.STEP_TAKEN, sentence, actor, Verb.TAKE_STEP, payload)


def _elsewhere(was: str, over: str) -> str:
    if not was:
        return f"{over} put that step down: take it, there is nobody to take it over from."
    return f"{was} is at that step. Take it over from them if they can't finish it."


def _mark(held: Locked, step: Step, user_id: int) -> None:
    """The clock of a step starts anew with whoever takes it."""
    StepTaken.objects.update_or_create(
        run=held.run, leg=held.run.leg, phase=held.run.phase, name=step.name,
        defaults={"user_id": user_id, "at": held.now},
    )  # fmt: skip


def put_down(run_id: int, actor: Actor, click: Click, name: str) -> once.Outcome:
    """Leave a step that you are at to somebody else. `click.reason` says how far it is."""
    about = ["put down", name]
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.TAKE_STEP, about):
            return done
        step, _ = _open(held, actor, name)
        taken = _taken(held, step)
        if taken is None or taken.user_id != actor.user_id:
            raise Refused("not_taken", "You are not at that step: there is nothing to put down.")
        taken.delete()
        payload = {"step": step.name, "reason": click.reason}
        sentence = f'{actor.name} put step "{step.title or step.name}" down'
        event = record(held, Kind.STEP_RELEASED, sentence, actor, Verb.TAKE_STEP, payload)
        once.remember(held, actor, click, Verb.TAKE_STEP, event, about)
    return once.outcome(held, event)


def note_at(run_id: int, actor: Actor, click: Click, name: str) -> once.Outcome:
    """Leave a sentence at a step of the current phase, and on the timeline."""
    if not click.reason.strip():
        raise Refused("reason", "A note needs words.")
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.NOTE, name):
            return done
        require(actor, held.run.migration_id, Verb.NOTE)
        step, text = step_named(held, name), click.reason.strip()
        StepNote.objects.create(
            run=held.run, leg=held.run.leg, phase=held.run.phase, name=step.name,
            by=actor.name, at=held.now, text=text[:500],
        )  # fmt: skip
        sentence = f'{actor.name} on step "{step.title or step.name}": {text}'
        event = record(held, Kind.NOTE, sentence, actor, Verb.NOTE, {"step": step.name})
        once.remember(held, actor, click, Verb.NOTE, event, name)
    return once.outcome(held, event)


def _open(held: Locked, actor: Actor, name: str) -> tuple[Step, int]:
    """The step, if a person can be at it now, and that person's id."""
    require(actor, held.run.migration_id, Verb.TAKE_STEP)
    rule(held.state, Verb.TAKE_STEP)
    step = step_named(held, name)
    if step.action is Action.WAIT or actor.user_id is None:
        raise Refused("no_hands", f'Step "{step.name}" waits by itself: there is nothing to do.')
    done = StepDone.objects.filter(
        run=held.run, leg=held.run.leg, phase=held.run.phase, name=step.name
    ).first()
    if done is not None:
        raise Refused("step_done", f'Step "{step.name}" was done by {done.by}.')
    return step, actor.user_id


def _taken(held: Locked, step: Step) -> StepTaken | None:
    rows = StepTaken.objects.filter(
        run=held.run, leg=held.run.leg, phase=held.run.phase, name=step.name
    )
    return rows.select_related("user").first()
