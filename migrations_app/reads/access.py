"""Who may do what in a migration, and the sentence that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.actor import Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import ENGINE as ENGINE_VERBS
from migrations_app.domain.states import WHO, Verb, spoken
from migrations_app.models import Membership

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor


def roles_in(migration_id: int, user_id: int | None) -> frozenset[Role]:
    """The roles a person holds in a migration now, as holder or backup."""
    if user_id is None:
        return frozenset()
    held = Membership.objects.filter(
        migration_id=migration_id, user_id=user_id, user__is_active=True
    ).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def why_not(actor: Actor, roles: frozenset[Role], verb: Verb) -> str | None:
    """None if `actor`, holding `roles`, may say `verb`; else a sentence saying who may."""
    if actor.via is Via.ENGINE:
        return (
            None if verb in ENGINE_VERBS or verb is Verb.ROLL_BACK else "Only people may do that."
        )
    if roles & WHO.get(verb, frozenset()):
        return None
    who = ", ".join(sorted(role.value.replace("_", " ") for role in WHO.get(verb, frozenset())))
    return f"To {spoken(verb)} takes one of these roles in this migration: {who or 'none'}."


def require(actor: Actor, migration_id: int, verb: Verb) -> frozenset[Role]:
    """The actor's roles if they may say `verb`; raises `Refused("not_allowed")` otherwise."""
    roles = roles_in(migration_id, actor.user_id)
    if (sentence := why_not(actor, roles, verb)) is not None:
        raise Refused("not_allowed", sentence)
    return roles
