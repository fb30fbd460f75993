"""Whether a room may look different now: one cheap query for all the rooms anyone watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, F, Max, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast

from migrations_app.domain.presence import FADES_AFTER
from migrations_app.models import Check, Delivery, Flip, Latch, Presence, Route, Run
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import Aggregate, Model, QuerySet

_MARKS = ("seq", "evaluated", "observed", "applied", "aborted", "waiting", "present")


def pulses(run_ids: Collection[int]) -> dict[int, tuple[datetime, str]]:
    """Per run the database's clock, and a text that changes when anything shown may have."""
    rows = (
        Run.objects.filter(pk__in=run_ids)
        .annotate(
            now=ClockTimestamp(),
            evaluated=_of(Check.objects.all(), "run", Max("evaluated_at")),
            observed=_of(Route.objects.all(), "run", Max("observed_at")),
            applied=_of(Flip.objects.all(), "route__run", Max("applied_at")),
            aborted=_of(Latch.objects.all(), "run", Count("pk")),
            present=_of(_here(), "run", _NAMES),
            waiting=_of(Delivery.objects.filter(state="queued"), "run", Count("pk")),
        )
        .order_by()
        .values_list("pk", "now", *_MARKS)
    )
    return {pk: (now, "|".join(map(str, marks))) for pk, now, *marks in rows}


_NAMES = StringAgg(Cast("user_id", TextField()), " ", order_by="user_id")


def _here() -> QuerySet[Presence]:
    """Who is here: it changes when somebody comes or fades, not whenever they are seen again."""
    return Presence.objects.filter(at__gt=ClockTimestamp() - Value(FADES_AFTER))


def _of(rows: QuerySet[Model], run: str, mark: Aggregate) -> Subquery:
    mine = rows.filter(**{run: OuterRef("pk")}).order_by().annotate(of_run=F(run))
    return Subquery(mine.values("of_run").annotate(mark=mark).values("mark"))
