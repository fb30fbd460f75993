"""Runs that are over, the newest end first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from migrations_app.domain.states import ENDED
from migrations_app.models import Run
from migrations_app.reads.runs.view import RunView, run_view

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class PastView:
    """A run that is over. `took`: from its start to its end, None if it never started."""

    run: RunView
    started_at: datetime | None
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Past:
    """`older`: ask for those before this run; None at the end."""

    runs: tuple[PastView, ...]
    older: int | None


def past(rows: QuerySet[Run], before: int | None, size: int) -> Past:
    """One page of those of `rows` that ended, in one query. `before`: the id of a run that did."""
    ended = rows.filter(state__in=ENDED, ended_at__isnull=False)
    if before is not None:
        here = Run.objects.filter(pk=before).values("ended_at")[:1]
        ended = ended.filter(Q(ended_at__lt=here) | Q(ended_at=here, pk__lt=before))
    found = list(ended.order_by(F("ended_at").desc(), "-pk")[: size + 1])
    older = found[size - 1].pk if len(found) > size else None
    return Past(tuple(_view(run) for run in found[:size]), older)


def _view(run: Run) -> PastView:
    took = run.ended_at - run.started_at if run.ended_at and run.started_at else None
    return PastView(run_view(run), run.started_at, took)
