"""A process of ours says that it is at work, by the database's clock."""

from __future__ import annotations

from migrations_app.models import Beat
from migrations_app.models.clock import ClockTimestamp


def beat(name: str, detail: str = "") -> None:
    """Stamp `name` with the present moment."""
    Beat.objects.update_or_create(
        name=name, defaults={"at": ClockTimestamp(), "detail": detail[:200]}
    )
