"""The migrations in which a person holds a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.models import Migration


@dataclass(frozen=True, slots=True)
class MigrationView:
    """A migration, its environments with their kinds, and the person's roles in it."""

    id: int
    slug: str
    title: str
    sha256: str
    environments: Mapping[str, str]
    roles: tuple[str, ...]


def migrations(user_id: int) -> tuple[MigrationView, ...]:
    """What this person may see, by slug, in one query."""
    held = Membership.objects.filter(user_id=user_id, user__is_active=True)
    rows = held.select_related("migration").order_by("migration__slug", "role")
    roles: dict[Migration, list[str]] = {}
    for row in rows:
        roles.setdefault(row.migration, []).append(row.role)
    return tuple(_view(migration, names) for migration, names in roles.items())


def migration(user_id: int, slug: str) -> MigrationView | None:
    """The one with this slug; None where there is none, or none for this person."""
    return next((one for one in migrations(user_id) if one.slug == slug), None)


def _view(row: Migration, roles: list[str]) -> MigrationView:
    return MigrationView(
        id=row.pk,
        slug=row.slug,
        title=row.title,
        sha256=row.sha256,
        environments={name: one["kind"] for name, one in row.plan.get("environments", {}).items()},
        roles=tuple(roles),
    )
