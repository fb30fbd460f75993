"""Go on with a comparison of two databases for a few seconds, then let others have the thread.

Whatever a step found is written down before the next begins, so that nobody misses who dies. No
transaction of ours is open while a database outside is read.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from migrations_app.actions import parity as doing
from migrations_app.actions.parity import LEASE_S, Hold
from migrations_app.conductor import seams
from migrations_app.conductor.lease import OWNER
from migrations_app.domain.about import about
from migrations_app.domain.errors import Permanent, Refused, SeamError, WarroomError
from migrations_app.domain.parity.progress import Progress
from migrations_app.models import Parity, ParityDifference, ParityPass, ParityTable
from migrations_app.reads.plans import plan_of
from migrations_app.sources.parity.config import ParityConfig
from migrations_app.sources.parity.visit import pause, smaller, visit

if TYPE_CHECKING:
    from migrations_app.sources.parity.step import Step
    from migrations_app.sources.parity.visit import Visit

log = logging.getLogger(__name__)

VISIT_S: Final = 5.0
"""How long one visit lasts; a step that was begun is finished."""

_BRAKED_S: Final = 5.0
_SHORT_S: Final = 0.5  # so short a pause is waited for
_FIRST_PAUSE_S: Final = 2.0
_LONGEST_PAUSE_S: Final = 60.0

_TAKE: Final = """
UPDATE migrations_app_parity
   SET lease_owner = %s, lease_epoch = lease_epoch + 1, handed_at = NULL,
       lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND (lease_until IS NULL OR lease_until <= clock_timestamp())
RETURNING lease_epoch
"""

_GIVE_BACK: Final = """
UPDATE migrations_app_parity
   SET lease_until = NULL, resting = %s, trouble = %s, failures = %s,
       due_at = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND lease_epoch = %s
"""


@dataclass(frozen=True, slots=True)
class Rest:
    """When to come again, and why nothing goes on until then, if something is wrong."""

    seconds: float
    trouble: str = ""
    over: bool = False


def compare(parity_id: int) -> bool:
    """One visit. False while somebody else is at it."""
    hold = _take(parity_id)
    if hold is None:
        return False
    with about(run=hold.parity.run_id, source=hold.parity.source):
        rest = Rest(1.0)
        try:
            rest = _go_on(hold)
        except Refused:  # somebody is at the run
            rest = Rest(0.5)
        except WarroomError as error:
            rest = _stopped(hold, error)
        finally:
            _give_back(hold, rest)
    return True


def _take(parity_id: int) -> Hold | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [OWNER, LEASE_S, parity_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return Hold(Parity.objects.select_related("run").get(pk=parity_id), int(row[0]))


def _give_back(hold: Hold, rest: Rest) -> None:
    failures = hold.parity.failures + 1 if rest.trouble else 0
    said = (rest.over, rest.trouble[:500], failures, rest.seconds)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [*said, hold.parity.pk, hold.epoch])


def _stopped(hold: Hold, error: WarroomError) -> Rest:
    """What can't be read now may be later; more and more patiently."""
    log.warning("%s can't be compared: %s", hold.parity.source, error)
    longer = min(_FIRST_PAUSE_S * 2**hold.parity.failures, _LONGEST_PAUSE_S)
    return Rest(longer, str(error))


def _go_on(hold: Hold) -> Rest:
    config = _config(hold.parity)
    with visit(config) as open_:
        braked = open_.held_back()
        if braked:
            return Rest(_BRAKED_S, braked)
        under_way = _under_way(hold, list(config.tables))
        if under_way is None:
            return Rest(1.0)
        return _Work(hold, config, open_, under_way).work()


def _config(parity: Parity) -> ParityConfig:
    binding = plan_of(parity.run).sources.get(parity.source)
    if binding is None:
        raise Permanent(f"the plan has no source {parity.source} any more")
    found = seams.source(binding.kind, binding.config, f"sources.{parity.source}")
    config = getattr(found, "config", None)
    if not isinstance(config, ParityConfig):
        raise Permanent(f"the source {parity.source} compares nothing any more")
    return config


def _under_way(hold: Hold, tables: list[str]) -> ParityPass | None:
    known = ParityPass.objects.filter(parity=hold.parity, ended_at=None).first()
    if known is not None and known.config_sha256 == hold.parity.config_sha256:
        return known
    return doing.begin(hold, tables)


@dataclass(frozen=True, slots=True)
class _Work:
    """One visit's worth of steps."""

    hold: Hold
    config: ParityConfig
    open: Visit
    under_way: ParityPass

    def work(self) -> Rest:
        until = time.monotonic() + VISIT_S
        while (table := self._next()) is not None:
            wait = self._step(table)
            if wait is None:
                return Rest(1.0)
            if wait > _SHORT_S or time.monotonic() + wait > until:
                return Rest(wait)
            time.sleep(wait)
        doing.end(self.hold, self.under_way)
        return Rest(self.config.every.total_seconds(), over=True)

    def _next(self) -> ParityTable | None:
        return ParityTable.objects.filter(of=self.under_way, ended_at=None).first()

    def _named(self, table: ParityTable, done: Step) -> list[ParityDifference]:
        shown = self.config.show_keys
        return [
            ParityDifference(
                table=table,
                key=doing.named(self.hold.parity, one.key, shown=shown),
                how=one.how.value,
                columns=list(one.columns),
            )
            for one in done.found
        ]

    def _step(self, table: ParityTable) -> float | None:
        """Seconds to wait before the next one; None if this is not ours any more."""
        known = Progress.from_json(table.progress)
        known = known if known.chunk else known.but(chunk=self.config.chunk)
        began = time.monotonic()
        try:
            done = self.open.step(table.name, known)
        except Permanent as error:
            return 0.0 if doing.give_up(self.hold, table, str(error)) else None
        except SeamError:
            doing.keep(self.hold, table, smaller(known), (), 0)
            raise
        if not doing.keep(self.hold, table, done.progress, self._named(table, done), done.read):
            return None
        settle = self.config.settle.total_seconds() if done.settle else 0.0
        took = time.monotonic() - began
        return max(settle, pause(done.read, self.config.rows_per_second, took))
