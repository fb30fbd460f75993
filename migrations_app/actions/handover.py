"""Hand a role to somebody, who accepts it or declines. It stays with its holder until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from migrations_app.actions.crew import Crew, said
from migrations_app.domain.errors import Refused
from migrations_app.domain.handing import OFFER_STANDS, stands
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import Verb, spoken
from migrations_app.domain.timeline import Kind
from migrations_app.models import Handover, Membership
from migrations_app.reads.access import require, seats_in

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.models import Event


def offer(run_id: int, actor: Actor, click: Click, role: Role, to: str) -> Outcome:
    """Offer a role you hold to the user called `to`. It stays yours until they accept.

    An offer stands for 15 minutes. Refused while another one of yours for the same role does.
    """
    return said(
        run_id, actor, click, ["offer", role, to], lambda crew: _offer(crew, actor, click, role, to)
    )


def _offer(crew: Crew, actor: Actor, click: Click, role: Role, to: str) -> Event:
    seats = require(actor, crew.migration_id, Verb.HAND_OVER)
    if role not in seats.holds or role is Role.OBSERVER or actor.user_id is None:
        raise Refused(
            "not_held", f"You don't hold the role {spoken(role)}: it is not yours to give."
        )
    taker_id = _receiver(crew, actor, role, to)
    _close_expired(crew, role, actor.user_id)
    standing = crew.offers(role).filter(giver_id=actor.user_id).select_related("taker").first()
    if standing is not None:
        raise Refused(
            "open_offer",
            f"You are offering that role to {standing.taker.get_username()} already: withdraw "
            "that offer first.",
        )
    made = Handover.objects.create(
        migration_id=crew.migration_id, role=role, giver_id=actor.user_id, taker_id=taker_id,
        note=click.reason, offered_at=crew.now,
    )  # fmt: skip
    sentence = f"{actor.name} offers the role {spoken(role)} to {to}"
    return crew.tell(
        Kind.HANDOVER_OFFERED, sentence, actor, _payload(made, actor.name, to, click.reason)
    )


def _receiver(crew: Crew, actor: Actor, role: Role, to: str) -> int:
    """The id of the active person called `to`, who is of the team and does not hold the role."""
    user = get_user_model().objects.filter(username=to).first()
    seats = seats_in(crew.migration_id, user.pk if user else None)
    if user is None or not seats.every - {Role.OBSERVER}:
        raise Refused(
            "not_seated",
            f'There is nobody active called "{to}" in the team of this migration: an administrator '
            "can give them a role.",
        )
    if user.pk == actor.user_id or role in seats.holds:
        raise Refused("holds_it", f"{to} holds the role {spoken(role)} already.")
    return int(user.pk)


def accept(run_id: int, actor: Actor, click: Click, offer_id: int) -> Outcome:
    """Accept a role that is offered to you. The giver backs it up from now on."""
    return said(
        run_id, actor, click, ["accept", offer_id], lambda crew: _accept(crew, actor, offer_id)
    )


def _accept(crew: Crew, actor: Actor, offer_id: int) -> Event:
    found = _for_taker(crew, actor, offer_id)
    giver, role = found.giver.get_username(), Role(found.role)
    if role not in _holding(crew, found.giver_id):
        raise Refused("not_held", f"{giver} does not hold the role {spoken(role)} any more.")
    _close(crew, found, "accepted")
    crew.pass_on(role, found.giver_id, found.taker_id)
    sentence = f"{actor.name} took over the role {spoken(role)}, handed over by {giver}"
    return crew.tell(
        Kind.HANDED_OVER, sentence, actor, _payload(found, giver, actor.name, found.note)
    )


def decline(run_id: int, actor: Actor, click: Click, offer_id: int) -> Outcome:
    """Decline a role that is offered to you. Takes a reason: the giver must find somebody else."""
    return said(
        run_id, actor, click, ["decline", offer_id],
        lambda crew: _decline(crew, actor, click, offer_id),
    )  # fmt: skip


def _decline(crew: Crew, actor: Actor, click: Click, offer_id: int) -> Event:
    found = _for_taker(crew, actor, offer_id)
    if not click.reason.strip():
        raise Refused("reason", "Declining takes a reason: the other has to find somebody else.")
    _close(crew, found, "declined")
    giver = found.giver.get_username()
    sentence = f"{actor.name} declined the role {spoken(found.role)}, offered by {giver}"
    payload = _payload(found, giver, actor.name, click.reason)
    return crew.tell(Kind.HANDOVER_DECLINED, sentence, actor, payload)


def withdraw(run_id: int, actor: Actor, click: Click, offer_id: int) -> Outcome:
    """Take back an offer of yours that was not answered yet."""
    return said(
        run_id, actor, click, ["withdraw", offer_id],
        lambda crew: _withdraw(crew, actor, click, offer_id),
    )  # fmt: skip


def _withdraw(crew: Crew, actor: Actor, click: Click, offer_id: int) -> Event:
    require(actor, crew.migration_id, Verb.HAND_OVER)
    found = _standing(crew, offer_id)
    taker = found.taker.get_username()
    if found.giver_id != actor.user_id:
        raise Refused("not_yours", f"Only {found.giver.get_username()} can withdraw that offer.")
    _close(crew, found, "withdrawn")
    sentence = f"{actor.name} withdrew the offer of the role {spoken(found.role)} to {taker}"
    payload = _payload(found, actor.name, taker, click.reason)
    return crew.tell(Kind.HANDOVER_WITHDRAWN, sentence, actor, payload)


def _holding(crew: Crew, user_id: int) -> set[str]:
    seats = Membership.objects.filter(migration_id=crew.migration_id, user_id=user_id, backup=False)
    return set(seats.values_list("role", flat=True))


def _for_taker(crew: Crew, actor: Actor, offer_id: int) -> Handover:
    require(actor, crew.migration_id, Verb.HAND_OVER)
    found = _standing(crew, offer_id)
    if found.taker_id != actor.user_id:
        raise Refused("not_yours", f"That offer is {found.taker.get_username()}'s to answer.")
    return found


def _standing(crew: Crew, offer_id: int) -> Handover:
    """The offer, if it can still be answered; else what became of it."""
    offers = Handover.objects.select_related("giver", "taker")
    found = offers.filter(migration_id=crew.migration_id, pk=offer_id).first()
    if found is None:
        raise Refused("no_offer", "There is no such offer in this migration.")
    if found.outcome:
        raise Refused("answered", f"That offer was {found.outcome} already.")
    if not stands(found.offered_at, crew.now):
        minutes = int(OFFER_STANDS.total_seconds() // 60)
        raise Refused("expired", f"That offer is older than {minutes} minutes: make it again.")
    return found


def _close(crew: Crew, found: Handover, outcome: str) -> None:
    found.outcome, found.answered_at = outcome, crew.now
    found.save(update_fields=["outcome", "answered_at"])


def _close_expired(crew: Crew, role: Role, giver_id: int) -> None:
    old = crew.offers(role).filter(offered_at__lte=crew.now - OFFER_STANDS)
    old.filter(giver_id=giver_id).update(outcome="expired", answered_at=crew.now)


def _payload(found: Handover, giver: str, taker: str, reason: str) -> dict[str, object]:
    return {"offer": found.pk, "role": found.role, "from": giver, "to": taker, "reason": reason}
