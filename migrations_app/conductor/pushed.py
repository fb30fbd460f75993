"""Look up what pipelines pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.models import Pushed

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.sources.looked_up import Asker


def newest(asker: Asker, query: Query, at: datetime) -> Reading | None:
    """The newest evidence for the query's check that has not expired.

    A query's key is `<check>:<part>`; the part `samples` reads the pushed sample count.
    """
    check, _, part = query.key.rpartition(":")
    rows = Pushed.objects.filter(
        run_id=asker.run_id, check_name=check, sampled_at__lte=at, expires_at__gt=at
    )
    row = rows.order_by("-sampled_at", "-id").first()
    if row is None:
        return None
    value = row.samples if part == "samples" else row.value
    if value is None:
        return None
    return Reading(query.key, query.text, Outcome.OK, value, row.sampled_at)
