"""Decisions at a gate: sign off, Go, complete, No-Go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from migrations_app.actions import once
from migrations_app.actions.evidence import freeze
from migrations_app.actions.flips import stop
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.phases import close_gate, enter
from migrations_app.actions.record import decide, record
from migrations_app.domain.errors import Refused
from migrations_app.domain.gatekeeper import blocking
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State, Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import Check, Event, Gate, SignOff
from migrations_app.reads.access import require
from migrations_app.reads.gate import gate_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.seats import Seats

SEEN_FOR_S = 60
"""How old the evidence on the clicked screen may be. The verdicts themselves are checked anew."""


@dataclass(frozen=True, slots=True)
class Going:
    """What a Go brings along besides the click.

    `overrides`: failed checks the DRI goes over, by name. `typed`: the next phase's name, typed
    by hand, where that phase lies past the point of no return.
    """

    overrides: tuple[str, ...] = ()
    typed: str = ""

    @property
    def said(self) -> list[object]:
        """What makes one Go differ from another under the same key."""
        return [list(self.overrides), self.typed]


def sign_off(run_id: int, actor: Actor, click: Click, role: Role) -> once.Outcome:
    """Agree at the open gate, for one role the person holds. Each person once per round."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.SIGN_OFF, role.value):
            return done
        seats = require(actor, held.run.migration_id, Verb.SIGN_OFF)
        once.require_fresh_screen(held, click)
        if role not in seats.every or actor.user_id is None:
            raise Refused("not_allowed", f"You don't hold the role {role} in this migration.")
        _require_own(held, seats, role)
        event = _sign(held, actor, actor.user_id, role, click.reason)
        once.remember(held, actor, click, Verb.SIGN_OFF, event, role.value)
    return once.outcome(held, event)


def _require_own(held: Locked, seats: Seats, role: Role) -> None:
    """Where a gate passes by itself, the DRI's signature is their Go."""
    passes = held.state is State.GATE and held.phase.gate.auto_advance
    if passes and role is Role.DRI and role not in seats.holds:
        raise Refused(
            "not_allowed",
            "This gate passes by itself, so that signing for the dri is deciding: it takes "
            "whoever holds the role. Have it handed over, or take it over.",
        )


def _sign(held: Locked, actor: Actor, user_id: int, role: Role, note: str) -> Event:
    _still(held, Verb.SIGN_OFF)
    gate = Gate.objects.get(run=held.run, closed_at=None)
    if role not in held.phase.gate.roles:
        wanted = ", ".join(held.phase.gate.roles) or "nobody"
        raise Refused("role_not_asked", f"This gate asks {wanted} to sign off, not {role}.")
    try:
        with transaction.atomic():
            SignOff.objects.create(
                gate=gate, user_id=user_id, role=role, at=held.now, note=note[:500]
            )
    except IntegrityError as error:
        raise Refused("already_signed", "You signed off at this gate already.") from error
    payload = {
        "role": role.value, "by": actor.name, "user_id": user_id, "round": gate.round,
        "reason": note,
    }  # fmt: skip
    sentence = f"{actor.name} signed off gate {held.run.phase + 1} for {role.replace('_', ' ')}"
    return record(held, Kind.SIGNED_OFF, sentence, actor, Verb.SIGN_OFF, payload)


def _still(held: Locked, verb: Verb) -> None:
    """The verb must fit the state, without moving it."""
    before = held.run.revision
    held.move(verb, held.run.why)
    held.run.revision = before


def go(run_id: int, actor: Actor, click: Click, going: Going = Going()) -> once.Outcome:
    """Decide Go: enter the next phase. Everything the gate needs is checked again in here."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.GO, going.said):
            return done
        _require_forward(held, actor, click, Verb.GO)
        following = held.run.phase + 1
        if following >= len(held.plan.phases):
            raise Refused("last_phase", "This is the last phase: complete the run instead.")
        _require_typed(held, following, going)
        event = _pass(held, actor, click, Verb.GO, going)
        held.run.hold_from = None
        enter(held, following, actor)
        once.remember(held, actor, click, Verb.GO, event, going.said)
    return once.outcome(held, event)


def complete(run_id: int, actor: Actor, click: Click, going: Going = Going()) -> once.Outcome:
    """Decide that the run is done: the last gate's Go."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.COMPLETE, going.said):
            return done
        _require_forward(held, actor, click, Verb.COMPLETE)
        if held.run.phase + 1 < len(held.plan.phases):
            raise Refused("not_last_phase", "There are phases left: Go enters the next one.")
        event = _pass(held, actor, click, Verb.COMPLETE, going)
        finish(held)
        once.remember(held, actor, click, Verb.COMPLETE, event, going.said)
    return once.outcome(held, event)


def finish(held: Locked) -> None:
    """Stop what a live run keeps going. Routes are read for a while longer."""
    held.run.ended_at = held.now
    held.run.wake_at = None


def _require_forward(held: Locked, actor: Actor, click: Click, verb: Verb) -> None:
    require(actor, held.run.migration_id, verb)
    if held.latched():
        raise Refused("aborted", "A rollback was called: nothing goes forward in this leg.")
    once.require_fresh_screen(held, click)
    _require_seen(held, click)


def _require_seen(held: Locked, click: Click) -> None:
    """The evidence on the clicked screen must be recent."""
    if click.evaluation is None:
        return
    age = held.now.timestamp() - click.evaluation / 1000
    if age > SEEN_FOR_S:
        raise Refused("stale", f"The evidence on your screen is {age:.0f} s old. Look again.")


def _require_typed(held: Locked, following: int, going: Going) -> None:
    phase = held.plan.phases[following]
    if phase.point_of_no_return and going.typed.strip() != phase.name:
        raise Refused(
            "typed_name", f'The next phase is past the point of no return. Type "{phase.name}".'
        )


def _pass(held: Locked, actor: Actor, click: Click, verb: Verb, going: Going) -> Event:
    """Move through the gate, or refuse with everything it still waits for."""
    held.move(verb)
    _require_needs(held, actor, click, going)
    last = verb is Verb.COMPLETE
    evidence = freeze(held)  # with the signatures, before the gate is closed
    gate = close_gate(held, "go")
    payload = {
        "reason": click.reason,
        "overrides": list(going.overrides),
        "round": gate.round if gate else 0,
        "evidence": evidence,
    }
    number = f"gate {held.run.phase + 1}"
    sentence = f"Completed by {actor.name}" if last else f"Go at {number} by {actor.name}"
    if going.overrides:
        sentence += f", over the failed {', '.join(going.overrides)}"
    event = record(held, Kind.COMPLETED if last else Kind.GO, sentence, actor, verb, payload)
    decide(event, actor, verb, click.reason, gate)
    return event


def _require_needs(held: Locked, actor: Actor, click: Click, going: Going) -> None:
    view = gate_view(held.run, held.now, by=actor.name)
    if view is None:
        raise Refused("no_gate", "There is no open gate.")
    left = blocking(view.needs, going.overrides)
    if left:
        raise Refused("needs", "Go waits for: " + "; ".join(need.sentence for need in left) + ".")
    if going.overrides and not click.reason.strip():
        raise Refused("reason", "Going over a failed check takes a reason.")
    failed = {need.name for need in view.needs}
    unknown: Sequence[str] = [name for name in going.overrides if name not in failed]
    if unknown:
        raise Refused(
            "override", f"{', '.join(unknown)} is not failing: there is nothing to override."
        )


def no_go(run_id: int, actor: Actor, click: Click) -> once.Outcome:
    """Decide No-Go: hold here, weights where they are. Takes a reason."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.NO_GO):
            return done
        require(actor, held.run.migration_id, Verb.NO_GO)
        once.require_fresh_screen(held, click)
        if not click.reason.strip():
            raise Refused("reason", "No-Go takes a reason.")
        was_shifting = held.state is State.SHIFTING
        held.move(Verb.NO_GO, click.reason)
        stopped = stop(held) if was_shifting else {}
        if was_shifting:
            held.run.hold_from = None
        payload = {"reason": click.reason, "weights": stopped, "evidence": freeze(held)}
        gate = close_gate(held, "no_go")
        held.run.wake_at = None
        sentence = f"No-Go by {actor.name}: {click.reason}"
        event = record(held, Kind.NO_GO, sentence, actor, Verb.NO_GO, payload)
        decide(event, actor, Verb.NO_GO, click.reason, gate)
        once.remember(held, actor, click, Verb.NO_GO, event)
    return once.outcome(held, event)


def last_evaluation(run_id: int) -> int | None:
    """The newest evaluation of a run, in epoch milliseconds."""
    newest = (
        Check.objects.filter(run_id=run_id, evaluated_at__isnull=False)
        .order_by("-evaluated_at")
        .values_list("evaluated_at", flat=True)
        .first()
    )
    return None if newest is None else int(newest.timestamp() * 1000)
