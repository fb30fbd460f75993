"""Give a person a role in a migration, or take it away. It counts from the next click on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from migrations_app.actions.lock import locked_crew
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import spoken
from migrations_app.models import Membership, Migration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.actions.lock import Locked


def grant(slug: str, username: str, role: Role, *, backup: bool = False) -> bool:
    """Give it. False if the person held it already (then only `backup` may have changed).

    Refused for a second DRI, and for making the DRI a backup while a run is live: there the role
    goes from one to the other by being handed over, or taken over.
    """
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise Refused("unknown_user", f'There is no user "{username}": `people add` makes one.')
    migration = _migration(slug)
    with locked_crew(migration.pk) as live:
        if role is Role.DRI:
            _require_one_dri(migration, username, live, backup=backup)
        _, fresh = Membership.objects.update_or_create(
            migration=migration, user=user, role=role, defaults={"backup": backup}
        )
    return fresh


def revoke(slug: str, username: str, role: Role) -> None:
    """Take it away; refused if the person does not have it, or leads a run that is live."""
    migration = _migration(slug)
    with locked_crew(migration.pk) as live:
        if role is Role.DRI and username in _dri(migration):
            _require_nothing_live(migration, username, live)
        seat = Membership.objects.filter(migration=migration, user__username=username, role=role)
        if not seat.delete()[0]:
            raise Refused("not_held", f"{username} is not {spoken(role)} of {slug}.")


def _require_one_dri(
    migration: Migration, username: str, live: Sequence[Locked], *, backup: bool
) -> None:
    """Exactly one person is the DRI."""
    holding = _dri(migration)
    if backup and username in holding:
        _require_nothing_live(migration, username, live)
    others = [name for name in holding if name != username]
    if others and not backup:
        raise Refused(
            "second_dri",
            f"{others[0]} is the DRI of {migration.slug}, and there is exactly one. Make "
            f"{username} a backup: {others[0]} can hand the role over in the room, and who backs "
            f"it up can take it over.",
        )


def _require_nothing_live(migration: Migration, username: str, live: Sequence[Locked]) -> None:
    if live:
        raise Refused(
            "is_dri",
            f"{username} is the DRI of {migration.slug}, and run {live[0].run.pk} is live: it "
            "can't be without one. Hand the role over in the room, or take it over, then try "
            "again. An account that must be shut now can be deactivated.",
        )


def _dri(migration: Migration) -> list[str]:
    held = Membership.objects.filter(migration=migration, role=Role.DRI, backup=False)
    return list(held.values_list("user__username", flat=True))


def _migration(slug: str) -> Migration:
    found = Migration.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Migration.objects.values_list("slug", flat=True)) or "none"
        raise Refused("unknown_migration", f'There is no migration "{slug}". Known: {known}.')
    return found
