"""Go on after a hold, a freeze or a rollback: always with a fresh gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.phases import enter
from migrations_app.actions.record import decide, record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State, Verb
from migrations_app.domain.timeline import Kind
from migrations_app.domain.words import named
from migrations_app.models import Check, Route
from migrations_app.reads.access import require
from migrations_app.reads.gate import failing

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor, Click


def resume(run_id: int, actor: Actor, click: Click, phase: str = "") -> once.Outcome:
    """Resume where the run was held, or, after a rollback, at the phase called `phase`.

    After a rollback a new leg begins: the old latch stays with the old leg, every check starts
    over, nothing signed before counts.
    """
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.RESUME, phase):
            return done
        require(actor, held.run.migration_id, Verb.RESUME)
        once.require_fresh_screen(held, click)
        was = held.state
        index = _phase_to_enter(held, was, phase)
        held.move(Verb.RESUME)
        if was is State.ROLLED_BACK:
            _require_calm(held)
            _new_leg(held)
        elif held.latched():
            raise Refused("aborted", "A rollback was called: nothing goes forward in this leg.")
        else:
            _require_in_line(held)
        name = held.plan.phases[index].name
        payload = {"reason": click.reason, "at": name, "from": was.value}
        sentence = f"Resumed at {name} by {actor.name}"
        event = record(held, Kind.RESUMED, sentence, actor, Verb.RESUME, payload)
        decide(event, actor, Verb.RESUME, click.reason)
        enter(held, index, actor, every=True)
        once.remember(held, actor, click, Verb.RESUME, event, phase)
    return once.outcome(held, event)


def _phase_to_enter(held: Locked, was: State, wanted: str) -> int:
    if was is not State.ROLLED_BACK:
        if wanted and wanted != held.phase.name:
            raise Refused("phase", f"A held run resumes where it is: at {held.phase.name}.")
        return held.run.phase
    names = [phase.name for phase in held.plan.phases if phase.resumable]
    if wanted not in names:
        raise Refused("phase", f"Say at which phase to resume: {', '.join(names)}.")
    return [phase.name for phase in held.plan.phases].index(wanted)


def _require_in_line(held: Locked) -> None:
    """What somebody else set is not overwritten by going on: it may have been for a reason."""
    stray = Route.objects.filter(run=held.run, drift_since__isnull=False).order_by("position")
    if told := "; ".join(_stray(route) for route in stray):
        raise Refused("drift", f"Resume waits: {told}.")


def _stray(route: Route) -> str:
    seen = "elsewhere" if route.observed is None else f"at {route.observed.normalize():f} %"
    wanted = f"{route.desired.normalize():f} %"
    return f"somebody set {route.title}, it is {seen}: bring it back to {wanted}, or roll back"


def _require_calm(held: Locked) -> None:
    """Into a leg that would be rolled back at once nobody needs to go."""
    bad = failing(held.run, held.bound, (), held.now)
    if bad:
        told = "; ".join(named(fact.name, fact.sentence) for fact in bad)
        raise Refused("needs", f"Resume waits for: {told}.")


def _new_leg(held: Locked) -> None:
    held.run.leg += 1
    held.run.hold_from = held.run.settled_at = None
    Check.objects.filter(run=held.run).update(
        memory={}, status="NO_DATA", reason="not_read", sentence="not read in this leg yet",
        value=None, progress=None, since=None, evaluated_at=None, sampled_at=None, evidence={},
        changed_at=held.now,
    )  # fmt: skip
