"""Give a person a role in a migration, or take it away. It counts from the next click on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from migrations_app.domain.errors import Refused
from migrations_app.models import Membership, Migration

if TYPE_CHECKING:
    from migrations_app.domain.plan.people import Role


def grant(slug: str, username: str, role: Role, *, backup: bool = False) -> bool:
    """Give it. False if the person held it already (then only `backup` may have changed)."""
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise Refused("unknown_user", f'There is no user "{username}": `people add` makes one.')
    _, fresh = Membership.objects.update_or_create(
        migration=_migration(slug), user=user, role=role, defaults={"backup": backup}
    )
    return fresh


def revoke(slug: str, username: str, role: Role) -> None:
    """Take it away; refused if the person does not hold it."""
    held = Membership.objects.filter(migration=_migration(slug), user__username=username, role=role)
    if not held.delete()[0]:
        raise Refused("not_held", f"{username} is not {role.replace('_', ' ')} of {slug}.")


def _migration(slug: str) -> Migration:
    found = Migration.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Migration.objects.values_list("slug", flat=True)) or "none"
        raise Refused("unknown_migration", f'There is no migration "{slug}". Known: {known}.')
    return found
