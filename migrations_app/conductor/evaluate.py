"""One tick of one source: read every check at once, have it judged, and act on what tripped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from migrations_app.actions.observe import Seen, Slot, observe
from migrations_app.conductor import lookups, trip
from migrations_app.domain.about import about
from migrations_app.domain.plan.rules import texts_of
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.domain.verdict.evidence import (
    baseline_question,
    gather,
    questions,
)
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.rule import BaselineKind, Rule
from migrations_app.domain.verdict.stored import reading_from
from migrations_app.models import Check, Run, SourceTick
from migrations_app.models.clock import db_now
from migrations_app.reads.evidence import evidence_of
from migrations_app.reads.plans import plan_of, rules_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.verdict.evidence import QueryTexts
    from migrations_app.sources.base import Source

_LEASE_S = 15.0


def evaluate(tick_id: int) -> bool:
    """Do the slot of this clock that is due. False when somebody else has it, or had it."""
    slot = _claim(tick_id)
    if slot is None:
        return False
    work = _Work.load(tick_id, slot)
    with about(run=work.run.pk, source=work.source):
        return _evaluate(work)


def _evaluate(work: _Work) -> bool:
    work.finish_the_last()
    seen = work.look()
    if not observe(work.slot, seen):
        return False
    trip.react(work.run.pk, {one.name: one.evidence for one in seen})
    return True


_CLAIM = """
UPDATE migrations_app_sourcetick
   SET running_slot = slot, running_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND done_slot < slot
   AND (running_slot < slot OR running_until IS NULL OR running_until <= clock_timestamp())
RETURNING slot
"""


def _claim(tick_id: int) -> int | None:
    """Take the newest slot, unless somebody is at it. A doubled task ends here."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [_LEASE_S, tick_id])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything one tick needs, read before anything is asked outside."""

    slot: Slot
    run: Run
    bound: BoundPlan
    source: str
    rows: Sequence[Check]
    rules: Mapping[str, Rule]
    texts: Mapping[str, QueryTexts]

    @classmethod
    def load(cls, tick_id: int, number: int) -> _Work:
        tick = SourceTick.objects.select_related("run").get(pk=tick_id)
        bound = plan_of(tick.run)
        rows = list(Check.objects.filter(run=tick.run, source=tick.source))
        slot = Slot(tick_id, number, tick.run.pk, tick.run.leg, tick.run.plan_sha256)
        rules = rules_in(tick.run)
        texts = {check.name: texts_of(check) for check in bound.plan.checks}
        return cls(slot, tick.run, bound, tick.source, rows, rules, texts)

    def finish_the_last(self) -> None:
        """Act on a FAIL that is on record, before it can be forgotten: whoever wrote it down may
        have died before acting."""
        failed = {row.name: evidence_of(row) for row in self.rows if row.status == Status.FAIL}
        if failed:
            trip.react(self.run.pk, failed)

    def look(self) -> list[Seen]:
        at = db_now()
        elapsed = at - (self.run.started_at or at)
        queries = [query for row in self.rows for query in self._queries(row, elapsed)]
        readings = self._source().read(queries, at) if queries else []
        return [self._seen(row, readings, at, elapsed) for row in self.rows]

    def _source(self) -> Source:
        return lookups.source(self.run.pk, self.source, self.bound.sources[self.source])

    def _queries(self, row: Check, elapsed: timedelta) -> tuple[Query, ...]:
        rule, texts = self.rules[row.name], self.texts[row.name]
        asked = questions(rule, texts, elapsed)
        if self._wants_baseline(row):
            return (*asked, baseline_question(rule, texts, elapsed))
        return asked

    def _wants_baseline(self, row: Check) -> bool:
        rule = self.rules[row.name]
        return rule.versus is BaselineKind.CAPTURED and row.baseline is None

    def _seen(
        self, row: Check, readings: Sequence[Reading], at: datetime, elapsed: timedelta
    ) -> Seen:
        captured = self._captured(row, readings)
        known = captured or reading_from(row.baseline)
        return Seen(row.name, gather(self.rules[row.name], readings, at, known, elapsed), captured)

    def _captured(self, row: Check, readings: Sequence[Reading]) -> Reading | None:
        if not self._wants_baseline(row):
            return None
        key = f"{row.name}:baseline"
        found = next((one for one in readings if one.key == key), None)
        return found if found is not None and _fit_for_baseline(found) else None


def _fit_for_baseline(found: Reading) -> bool:
    """What everything is compared with has to be there, dated, and not zero."""
    return found.outcome is Outcome.OK and bool(found.value) and found.sampled_at is not None
