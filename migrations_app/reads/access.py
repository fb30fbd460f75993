"""Who may do what in a migration, and the sentence that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.actor import Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.seats import Seats
from migrations_app.domain.states import ENGINE as ENGINE_VERBS
from migrations_app.domain.states import Verb
from migrations_app.models import Membership

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor


def seats_in(migration_id: int, user_id: int | None) -> Seats:
    """What a person holds in a migration now, and what they back up. Inactive: nothing."""
    if user_id is None:
        return Seats()
    rows = Membership.objects.filter(
        migration_id=migration_id, user_id=user_id, user__is_active=True
    ).values_list("role", "backup")
    seats = [(Role(role), backup) for role, backup in rows]
    return Seats(
        frozenset(role for role, backup in seats if not backup),
        frozenset(role for role, backup in seats if backup),
    )


def roles_in(migration_id: int, user_id: int | None) -> frozenset[Role]:
    """The roles a person has in a migration now, as holder or backup: who may look."""
    return seats_in(migration_id, user_id).every


def why_not(actor: Actor, seats: Seats, verb: Verb) -> str | None:
    """None if `actor`, in these seats, may say `verb`; else a sentence saying who may."""
    if actor.via is Via.ENGINE:
        return (
            None if verb in ENGINE_VERBS or verb is Verb.ROLL_BACK else "Only people may do that."
        )
    return seats.why_not(verb)


def require(actor: Actor, migration_id: int, verb: Verb) -> Seats:
    """The actor's seats if they may say `verb`; raises `Refused("not_allowed")` otherwise.

    Who may decide changes only while every run of the migration is held (`lock.locked_crew`), so
    that what is asked here under a run's lock is still so when the decision is committed.
    """
    seats = seats_in(migration_id, actor.user_id)
    if (sentence := why_not(actor, seats, verb)) is not None:
        raise Refused("not_allowed", sentence)
    return seats
