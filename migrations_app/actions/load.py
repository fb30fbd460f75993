"""Store a plan: the migration as it is being prepared, and the roles its runbook gives."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256 as hashed
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from migrations_app.actions.lock import hold_all
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.bind import digest
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.runbook import dump
from migrations_app.domain.states import LIVE
from migrations_app.models import Membership, Migration, Run, Runbook
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.contrib.auth.base_user import AbstractBaseUser

    from migrations_app.domain.plan.schema import Plan

Seat = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it. `unknown`: seats of the plan for which there is no active user.

    `beyond`: seats that people hold although the plan does not give them. `kept`: roles that the
    plan gives to somebody else first, but that stay with who holds them while a run is live.
    """

    slug: str
    created: bool
    changed: bool
    unknown: tuple[Seat, ...]
    beyond: tuple[Seat, ...]
    kept: tuple[Seat, ...] = ()


def load(plan: Plan, by: str | None = None, text: str = "") -> Loaded:
    """Store `plan` under its slug and seat the people it names. Runs that were started keep theirs.

    The first of each role holds it, the others back it up; while a run is live whoever holds it
    keeps it, and new people back it up. Nobody loses a role here: what the plan no longer gives is
    told, and revoked by hand. `by`: the person who asks for it, who must be a DRI of the migration;
    as long as it has none, of the plan.
    """
    content = plan.model_dump(mode="json")
    sha256 = digest(content)
    with transaction.atomic(durable=True):
        found = Migration.objects.select_for_update().filter(slug=plan.migration).first()
        _require_dri(by, plan, found)
        row = found or Migration(slug=plan.migration)
        changed = row.sha256 != sha256
        if changed:
            row.title, row.plan, row.sha256 = plan.title, content, sha256
            row.updated_at = db_now()
            row.save()
        _keep(row, text or dump(plan))
        hold_all(row.pk)
        kept = _kept(row, plan)
        unknown = _seat(row, plan, {role for role, _ in kept})
        return Loaded(row.slug, found is None, changed, unknown, _beyond(row, plan), kept)


def _keep(row: Migration, text: str) -> None:
    """Remember the text of the plan that `row` has now."""
    Runbook.objects.update_or_create(
        migration=row,
        sha256=hashed(text.encode()).hexdigest(),
        defaults={"plan_sha256": row.sha256, "loaded_at": db_now()},
        create_defaults={"plan_sha256": row.sha256, "loaded_at": db_now(), "text": text},
    )


def _require_dri(by: str | None, plan: Plan, found: Migration | None) -> None:
    if by is None:
        return
    seats = Membership.objects.filter(migration=found, role=Role.DRI, user__is_active=True)
    seated = set(seats.values_list("user__username", flat=True)) if found else set()
    dris = seated or set(plan.roles.get(Role.DRI, ()))
    if by not in dris:
        known = ", ".join(sorted(dris)) or "nobody"
        raise Refused("not_allowed", f"{by} is not the DRI of {plan.migration}: {known} may load.")


def _kept(row: Migration, plan: Plan) -> tuple[Seat, ...]:
    """Roles that a live run leaves with somebody else than the plan's first, and with whom."""
    if not Run.objects.filter(migration=row, state__in=LIVE).exists():
        return ()
    held = Membership.objects.filter(migration=row, backup=False).order_by("pk")
    seats = [(Role(role), str(name)) for role, name in held.values_list("role", "user__username")]
    holders = dict(reversed(seats))
    return tuple(
        (role, holders[role])
        for role, names in plan.roles.items()
        if names and role in holders and (role, names[0]) not in seats
    )


def _seat(row: Migration, plan: Plan, kept: Collection[Role]) -> tuple[Seat, ...]:
    """Seat everybody who is there, in the order of the plan. Returns who is not there."""
    users = get_user_model().objects.filter(is_active=True)
    known = {user.get_username(): user for user in users.filter(username__in=_names(plan))}
    for role, names in plan.roles.items():
        if role in kept:
            _back_up(row, role, [known[name] for name in names if name in known])
            continue
        if role is Role.DRI and names and names[0] in known:
            Membership.objects.filter(migration=row, role=role).update(backup=True)
        for at, name in enumerate(names):
            if name in known:
                Membership.objects.update_or_create(
                    migration=row, user=known[name], role=role, defaults={"backup": at > 0}
                )
    return tuple((role, name) for role, name in _given(plan) if name not in known)


def _back_up(row: Migration, role: Role, users: Iterable[AbstractBaseUser]) -> None:
    """Who has the role already keeps it as it is."""
    for user in users:
        Membership.objects.get_or_create(
            migration=row, user=user, role=role, defaults={"backup": True}
        )


def _given(plan: Plan) -> list[Seat]:
    return [(role, name) for role, names in plan.roles.items() for name in names]


def _names(plan: Plan) -> set[str]:
    return {name for _, name in _given(plan)}


def _beyond(row: Migration, plan: Plan) -> tuple[Seat, ...]:
    held = Membership.objects.filter(migration=row).order_by("role", "user__username")
    seats = [(Role(role), str(name)) for role, name in held.values_list("role", "user__username")]
    return tuple(seat for seat in seats if seat[1] not in plan.roles.get(seat[0], ()))
