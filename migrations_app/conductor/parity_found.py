"""Look up what the newest finished comparison of a table found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from migrations_app.domain.parity.answer import answer, told
from migrations_app.domain.parity.ask import parse
from migrations_app.domain.parity.progress import Progress
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.models import ParityTable
from migrations_app.sources.parity.config import ParityConfig

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.sources.looked_up import Asker


def newest(asker: Asker, query: Query, at: datetime) -> Reading | None:
    """None until the table was compared from end to end as it is configured now.

    What is told is of the moment the comparison began: nothing in it is older.
    """
    asked = parse(query.text)
    rows = ParityTable.objects.filter(
        of__parity__run=asker.run_id, of__parity__source=asker.source, name=asked.table,
        of__config_sha256=F("of__parity__config_sha256"), ended_at__lte=at,
    )  # fmt: skip
    row = rows.order_by("-ended_at").first()
    if row is None:
        return None
    if row.trouble:
        return Reading(query.key, query.text, Outcome.ERROR, detail=row.trouble)
    assert isinstance(asker.config, ParityConfig)  # noqa: S101 (whoever looks up knows the kind)
    if row.began_at is None or at - row.began_at > asker.config.fresh:
        return None
    done = Progress.from_json(row.progress)
    if done.moving and not done.differing:
        return Reading(query.key, query.text, Outcome.WARNINGS, detail=told(done))
    return Reading(query.key, query.text, Outcome.OK, answer(asked, done), row.began_at)
