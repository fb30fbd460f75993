"""Give a person a role in a migration, or take it away. It counts from the next click on."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db import transaction

from migrations_app.actions.lock import hold_all
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import LIVE, spoken
from migrations_app.models import Membership, Migration, Run


def grant(slug: str, username: str, role: Role, *, backup: bool = False) -> bool:
    """Give it. False if the person held it already (then only `backup` may have changed).

    Refused for a second DRI, and for making the DRI a backup while a run is live: there the role
    goes from one to the other by being handed over, or taken over.
    """
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise Refused("unknown_user", f'There is no user "{username}": `people add` makes one.')
    migration = _migration(slug)
    with transaction.atomic(durable=True):
        require_givable(migration, username, role, backup=backup)
        _, fresh = Membership.objects.update_or_create(
            migration=migration, user=user, role=role, defaults={"backup": backup}
        )
    return fresh


def revoke(slug: str, username: str, role: Role) -> None:
    """Take it away; refused if the person does not have it, or leads a run that is live."""
    migration = _migration(slug)
    with transaction.atomic(durable=True):
        require_takable(migration, username, role)
        seat = Membership.objects.filter(migration=migration, user__username=username, role=role)
        if not seat.delete()[0]:
            raise Refused("not_held", f"{username} is not {spoken(role)} of {slug}.")


def require_givable(migration: Migration, username: str, role: Role, *, backup: bool) -> None:
    """Refuse what would make two DRIs, or none. Nobody decides until the caller's transaction is
    over, so that it stays true."""
    hold_all(migration.pk)
    holding = _dri(migration) if role is Role.DRI else []
    if backup and username in holding:
        _require_nothing_live(migration, username)
    others = [name for name in holding if name != username]
    if others and not backup:
        raise Refused(
            "second_dri",
            f"{others[0]} is the DRI of {migration.slug}, and there is exactly one. Make "
            f"{username} a backup: {others[0]} can hand the role over in the room, and who backs "
            f"it up can take it over.",
        )


def require_takable(migration: Migration, username: str, role: Role) -> None:
    """Refuse to leave a live run without its DRI. Nobody decides until the caller's transaction is
    over, so that it stays true."""
    hold_all(migration.pk)
    if role is Role.DRI and username in _dri(migration):
        _require_nothing_live(migration, username)


def led_by(user_id: int) -> list[Run]:
    """Live runs that nobody would lead without this person."""
    led = Membership.objects.filter(user_id=user_id, role=Role.DRI, backup=False)
    live = Run.objects.filter(migration__in=led.values("migration"), state__in=LIVE)
    return list(live.select_related("migration").order_by("pk"))


def _require_nothing_live(migration: Migration, username: str) -> None:
    live = Run.objects.filter(migration=migration, state__in=LIVE).order_by("pk").first()
    if live is not None:
        raise Refused(
            "is_dri",
            f"{username} is the DRI of {migration.slug}, and run {live.pk} is live: it can't be "
            "without one. Hand the role over in the room, or take it over, then try again. An "
            "account that must be shut now can be deactivated.",
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
