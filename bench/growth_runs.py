"""Live runs, 1 to 1,000: what a round of the poller costs when nothing is due, and when all is."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import connection

from migrations_app.actions.start import plan_run, start
from migrations_app.conductor import due
from migrations_app.conductor.remember import remember
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.models import Membership, Migration
from tests.build import plan_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.growth_fit import Work

_LIVE = """
UPDATE migrations_app_run SET state = CASE WHEN id = ANY(%s) THEN 'shifting' ELSE 'called_off' END,
       ended_at = CASE WHEN id = ANY(%s) THEN NULL ELSE clock_timestamp() END, wake_at = NULL
 WHERE id = ANY(%s)
"""
_DUE = """
UPDATE migrations_app_{table} SET {column} =
       CASE WHEN run_id = ANY(%s) THEN clock_timestamp() + make_interval(secs => %s) END
"""


class Runs:
    """The first n of them are live; the others have ended, and are still there."""

    def __init__(self, most: int) -> None:
        self._user = User.objects.create_user("dri-of-runs")
        self._dri = Actor("dri-of-runs", self._user.pk, Via.CLI)
        self._runs = [self._run(n) for n in range(most)]

    def works(self, sizes: Sequence[int]) -> dict[str, dict[int, Work]]:
        return {
            "idle round": {size: partial(self._round, size, 60.0) for size in sizes},
            "all due": {size: partial(self._round, size, -1.0) for size in sizes},
            "remember": {size: partial(self._remember, size) for size in sizes},
        }

    def _run(self, number: int) -> int:
        slug = f"live-{number}"
        data: dict[str, Any] = plan_data(migration=slug)
        migration = Migration.objects.create(slug=slug, title=slug, plan=data, sha256="0" * 64)
        Membership.objects.create(migration=migration, user=self._user, role="dri")
        run = plan_run(migration.pk, "rehearsal", self._dri)
        start(run.pk, self._dri, Click())
        return run.pk

    def _lay_out(self, size: int, later: float) -> None:
        live = self._runs[:size]
        with connection.cursor() as cursor:
            cursor.execute(_LIVE, [live, live, self._runs])
            for table, column in (("sourcetick", "due_at"), ("route", "read_at")):
                statement = _DUE.format(table=table, column=column)
                cursor.execute(statement, [live, later])
            cursor.execute("UPDATE migrations_app_route SET handed_at = NULL, lease_until = NULL")

    def _round(self, size: int, later: float) -> float:
        """Everything a round claims: half-done rollbacks, runs, sources, routes, channels."""
        self._lay_out(size, later)
        found = 0
        began = time.perf_counter()
        due.unwritten()
        due.runs()
        while some := due.sources():
            found += len(some)
        while others := due.routes(1.0):
            found += len(others)
        due.posts()
        took = time.perf_counter() - began
        assert found == (2 * size if later < 0 else 0), found
        return took

    def _remember(self, size: int) -> float:
        """What this machine keeps for the time PostgreSQL is away: a file per live run."""
        self._lay_out(size, 60.0)
        began = time.perf_counter()
        remember()
        return time.perf_counter() - began
