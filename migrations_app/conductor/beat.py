"""A process of ours says that it is at work, by the database's clock; and what its own clock says.

Nobody decides by a host's clock, but people compare its log lines with others'.
"""

from __future__ import annotations

import time

from migrations_app.models import Beat
from migrations_app.models.clock import ClockTimestamp


def beat(name: str) -> None:
    """Stamp `name` with the present moment; `detail` is our own clock, in epoch seconds."""
    detail = f"{time.time():.3f}"
    Beat.objects.update_or_create(name=name, defaults={"at": ClockTimestamp(), "detail": detail})
