"""What has not reached a channel yet, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q

from migrations_app.models import ChannelPost, Delivery

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel. `waiting`: messages not delivered yet; `failed`: given up for good."""

    name: str
    waiting: int
    oldest_at: datetime | None
    failed: int
    error: str


def channels(run: Run) -> tuple[ChannelView, ...]:
    """Every channel of a run, in two queries."""
    undelivered = {
        row["channel"]: row
        for row in Delivery.objects.filter(run=run, state__in=("queued", "failed"))
        .values("channel")
        .annotate(
            waiting=Count("id", filter=Q(state="queued")),
            failed=Count("id", filter=Q(state="failed")),
            oldest_at=Min("created_at", filter=Q(state="queued")),
        )
        .order_by()
    }
    posts = ChannelPost.objects.filter(run=run).order_by("channel")
    return tuple(
        _view(name, error, undelivered.get(name, {}))
        for name, error in posts.values_list("channel", "error")
    )


def _view(name: str, error: str, row: dict[str, object]) -> ChannelView:
    oldest = row.get("oldest_at")
    return ChannelView(
        name=name,
        waiting=int(str(row.get("waiting", 0))),
        oldest_at=oldest,  # type: ignore[arg-type]  # an aggregate of datetimes
        failed=int(str(row.get("failed", 0))),
        error=error,
    )
