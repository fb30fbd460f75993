"""Take the lead over from a DRI who can't be asked any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions.crew import Crew, said
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import Handover
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.models import Event


def take_over(run_id: int, actor: Actor, click: Click) -> Outcome:
    """Become the DRI without a yes, for who backs them up: they may be asleep. Takes a reason.

    Other roles need no taking over: whoever backs them up may do their work as it is.
    """
    return said(run_id, actor, click, ["take over"], lambda crew: _take_over(crew, actor, click))


def _take_over(crew: Crew, actor: Actor, click: Click) -> Event:
    seats = require(actor, crew.migration_id, Verb.HAND_OVER)
    if Role.DRI in seats.holds:
        raise Refused("holds_it", "You are the DRI already.")
    if Role.DRI not in seats.backs_up or actor.user_id is None:
        raise Refused("not_backup", "Only who backs up the DRI can take the role over.")
    if not click.reason.strip():
        raise Refused("reason", "Taking over takes a reason: the DRI will want to know.")
    crew.offers(Role.DRI).update(outcome="overtaken", answered_at=crew.now)
    holder = crew.holder(Role.DRI)
    if holder is not None:
        _keep(crew, holder.user_id, actor.user_id, click.reason)
    crew.pass_on(Role.DRI, holder.user_id if holder else None, actor.user_id)
    giver = holder.user.get_username() if holder else ""
    sentence = f"{actor.name} took the role dri over from {giver or 'nobody'}, without their yes"
    payload = {"role": Role.DRI, "from": giver, "to": actor.name, "taken": True}
    return crew.tell(Kind.HANDED_OVER, sentence, actor, payload | {"reason": click.reason})


def _keep(crew: Crew, giver_id: int, taker_id: int, why: str) -> None:
    Handover.objects.create(
        migration_id=crew.migration_id, role=Role.DRI, giver_id=giver_id, taker_id=taker_id,
        note=why, offered_at=crew.now, answered_at=crew.now, outcome="taken",
    )  # fmt: skip
