"""Roll back: latch first, outside every lock; then write it down; what ought to be is BLUE."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from migrations_app.actions import flips
from migrations_app.actions.evidence import freeze
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.phases import close_gate
from migrations_app.actions.record import decide, record
from migrations_app.domain.about import about, latched, learn
from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import WATCHED, State, Verb, rule
from migrations_app.domain.timeline import Kind, plain
from migrations_app.domain.trail import doing
from migrations_app.domain.weights import Move
from migrations_app.models import Latch, Route, Run
from migrations_app.reads.access import require
from migrations_app.reads.blue import no_better
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.models import Event

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Back:
    """Why to go back. `typed`: the phase's name, typed by hand past the point of no return.

    `sure`: said again after being told that BLUE is no better. `trigger` is `click` or the abort
    criterion's name; `evidence`: what it saw.
    """

    reason: str = ""
    typed: str = ""
    sure: bool = False
    trigger: str = "click"
    evidence: Mapping[str, object] | None = None


def latch(run_id: int, actor: Actor, back: Back) -> Latch:
    """Insert the abort of the run's current leg and commit it. No lock is taken.

    Needs only the role. Said twice, it answers with the first latch. Refused where there is
    nothing to bring back; past the point of no return, until the phase's name is typed; and to a
    person with `blue_is_worse`, until they are `sure`, where BLUE is failing at least as badly.
    """
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise Refused("unknown_run", f"There is no run {run_id}.")
    require(actor, run.migration_id, Verb.ROLL_BACK)
    rule(State(run.state), Verb.ROLL_BACK)
    _require_sure(run, actor, back)
    _require_typed(run, back)
    return _insert(run, actor, back)


def _require_sure(run: Run, actor: Actor, back: Back) -> None:
    """Nothing that goes wrong in asking stops who goes back."""
    if back.sure or actor.via is Via.ENGINE or State(run.state) not in WATCHED:
        return
    try:
        why = no_better(run)
    except Exception:
        log.exception("whether BLUE is well could not be told; going back all the same")
        return
    if why:
        raise Refused(
            "blue_is_worse",
            f"BLUE is no better ({why}). Nothing was moved. Say it once more to go back anyway.",
        )


def _insert(run: Run, actor: Actor, back: Back) -> Latch:
    learn(latch=latched(run.pk, run.leg))
    with doing("latch", run=run.pk, leg=run.leg), transaction.atomic(durable=True):
        Latch.objects.bulk_create([_latch(run, actor, back)], ignore_conflicts=True)
        found = Latch.objects.get(run=run, leg=run.leg)
    with about(run=run.pk, leg=run.leg, latch=latched(run.pk, run.leg), by=found.actor):
        log.info("latched")
    return found


def _latch(run: Run, actor: Actor, back: Back) -> Latch:
    return Latch(
        run=run,
        leg=run.leg,
        actor=actor.name,
        user_id=actor.user_id,
        trigger=back.trigger[:20],
        reason=back.reason[:500],
        evidence=plain({**(back.evidence or {}), "via": actor.via.value}),
    )


def needs_typed_name(run: Run) -> str | None:
    """The phase name a person types to go back past the point of no return, or None."""
    plan = plan_of(run).plan
    passed = [p for p in plan.phases[: run.phase + 1] if p.point_of_no_return]
    return plan.phases[run.phase].name if passed else None


def _require_typed(run: Run, back: Back) -> None:
    name = needs_typed_name(run)
    if name is not None and back.typed.strip() != name:
        raise Refused(
            "typed_name",
            f"This run is past the point of no return. The weights stay frozen where they are; "
            f'to go back anyway, type "{name}".',
        )


def write_down(run_id: int, patience_ms: int = 2000) -> Event | None:
    """Bring the run's own rows in line with its latch: state, flips to baseline, one event.

    Idempotent: None when there is nothing left to write. Raises `Refused("busy")` if the run's
    row can't be had in time; the latch stands nevertheless.
    """
    with locked(run_id, patience_ms) as held:
        found = Latch.objects.filter(run=held.run, leg=held.run.leg).first()
        if found is None or held.state in {State.ROLLING_BACK, State.ROLLED_BACK}:
            return None
        learn(latch=latched(held.run.pk, held.run.leg))
        evidence = freeze(held)
        held.move(Verb.ROLL_BACK, found.reason)
        close_gate(held, "rolled_back")
        held.run.wake_at = held.now
        held.run.hold_from = None
        held.run.ended_at = None
        weights = flips.request(held, _moves(held), "rollback")
        flips.backdate(held, found.at)
        event = record(
            held, Kind.ROLLBACK, _sentence(found), _author(found), Verb.ROLL_BACK,
            {
                "reason": found.reason, "trigger": found.trigger, "latched_at": found.at,
                "weights": weights, "evidence": evidence, "seen": found.evidence,
            },
        )  # fmt: skip
        decide(event, _author(found), Verb.ROLL_BACK, found.reason)
    return event


def _moves(held: Locked) -> list[Move]:
    routes = Route.objects.filter(run=held.run).order_by("rank", "position")
    return [Move(r.name, r.desired, r.baseline, i) for i, r in enumerate(routes)]


def _author(found: Latch) -> Actor:
    via = found.evidence.get("via", Via.ENGINE)
    return Actor(found.actor, found.user_id, Via(via))


def _sentence(found: Latch) -> str:
    if found.trigger == "click":
        because = f": {found.reason}" if found.reason else ""
        return f"Roll back called by {found.actor}{because}"
    return f"Rolled back by abort criterion: {found.reason}"
