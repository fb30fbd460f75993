"""Everything the list has to know of many runs at once: one query each, however many they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from migrations_app.domain.comms.words import Draft
from migrations_app.domain.plan.people import Role
from migrations_app.models import (
    Check,
    Gate,
    Membership,
    Route,
    SignOff,
    StepDone,
    StepTaken,
    Update,
)
from migrations_app.reads.room.offers import offers_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from migrations_app.models import Run
    from migrations_app.reads.room.offers import OfferView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows by the id of their run; `members` and `offers` by that of their migration."""

    gates: Mapping[int, list[Gate]]
    signed: Mapping[int, list[SignOff]]
    checks: Mapping[int, list[Check]]
    routes: Mapping[int, list[Route]]
    done: Mapping[int, list[StepDone]]
    taken: Mapping[int, list[StepTaken]]
    told: Mapping[int, list[Update]]
    members: Mapping[int, list[Membership]]
    offers: Mapping[int, tuple[OfferView, ...]]


def kept(runs: Collection[Run], now: datetime) -> Kept:
    """What belongs to these runs, in nine queries."""
    ids = [run.pk for run in runs]
    migrations = {run.migration_id for run in runs}
    here = {"run__in": ids}
    open_gates = Gate.objects.filter(closed_at=None, **here)
    signed = SignOff.objects.filter(gate__run__in=ids, gate__closed_at=None).order_by("pk")
    newest = Update.objects.filter(state=Draft.PUBLISHED, **here).order_by("run_id", "-number")
    return Kept(
        gates=_by_run(open_gates),
        signed=_by(signed.select_related("gate", "user"), lambda row: row.gate.run_id),
        checks=_by_run(Check.objects.filter(**here).defer("memory", "evidence", "baseline")),
        routes=_by_run(Route.objects.filter(**here)),
        done=_by_run(StepDone.objects.filter(**here)),
        taken=_by_run(StepTaken.objects.filter(**here).select_related("user")),
        told=_by_run(newest.distinct("run_id")),
        members=_by(_members(migrations), lambda row: row.migration_id),
        offers=offers_in(migrations, now),
    )


def _members(migrations: Collection[int]) -> Iterable[Membership]:
    rows = Membership.objects.filter(migration__in=migrations, user__is_active=True)
    rows = rows.exclude(role=Role.OBSERVER).select_related("user")
    order = list(Role)
    return sorted(rows.order_by("backup", "pk"), key=lambda row: order.index(Role(row.role)))


def _by_run(rows: Iterable[T]) -> dict[int, list[T]]:
    return _by(rows, lambda row: row.run_id)  # type: ignore[attr-defined]  # every one has a run


def _by(rows: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
