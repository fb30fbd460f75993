"""A run as the laws want to see it, as far as our own tables know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.invariants.night import Looked, Night, Tried
from migrations_app.models import Attempt, Reading
from migrations_app.reads.plans import plan_of
from migrations_app.reads.story import entries_of, story_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.models import Run


def night_of(run: Run) -> Night:
    """Everything we wrote down. What load balancers and clients say has to come from elsewhere."""
    return Night(
        entries=tuple(entries_of(run.pk)),
        plan=plan_of(run),
        story=story_of(run),
        head=run.head_hash,
        tried=tuple(_tried(run)),
        looked=tuple(_looked(run)),
    )


def _tried(run: Run) -> Iterator[Tried]:
    made = Attempt.objects.filter(route__run=run).order_by("id").select_related("route", "flip")
    for one in made:
        closed = None if one.flip is None else one.flip.closed_at
        yield Tried(one.route.name, one.weight, one.began_at, one.outcome, closed)


def _looked(run: Run) -> Iterator[Looked]:
    rows = Reading.objects.filter(run=run).order_by("at").values_list("check_name", "at")
    return (Looked(name, at) for name, at in rows)
