"""Checks evaluated, 10 to 10,000: ours, what is read for it, and the same HTTP reads made bare."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx
from django.contrib.auth.models import User
from django.db import connection

from migrations_app.actions.start import plan_run, start
from migrations_app.conductor import seams
from migrations_app.conductor.evaluate import evaluate
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.reading import Outcome, Query
from migrations_app.models import Check, Membership, Migration, Reading, SourceTick
from migrations_app.models.clock import db_now
from tests.build import plan_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.growth_fit import Work

AT_ONCE: Final = 16
PER_RUN: Final = 100


class Checks:
    """`runs_of(n)` holds n checks in all, a hundred in each run."""

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._user = User.objects.create_user("dri-of-checks")
        self._dri = Actor("dri-of-checks", self._user.pk, Via.CLI)
        self._ten = [self._run("ten", 10)]
        self._hundreds = [self._run(f"n{n}", PER_RUN) for n in range(max(1, most // PER_RUN))]
        self._client = threading.local()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        config: dict[str, Any] = {"url": url, "concurrency": AT_ONCE, "timeout": "60s"}
        self._source = seams.source("prometheus", config, "sources.metrics")

    def works(self, sizes: Sequence[int]) -> dict[str, dict[int, Work]]:
        """One tick of everything, per size."""
        return {
            "bare": {size: partial(self._bare, size) for size in sizes},
            "read": {size: partial(self._read, size) for size in sizes},
            "evaluate": {size: partial(self._evaluate, size) for size in sizes},
        }

    def _run(self, slug: str, count: int) -> int:
        """A live run with so many checks, none like another. Returns its source's clock."""
        first = plan_data()["checks"][0]
        checks = [
            {**first, "name": f"c{n}", "query": f"sum(errors{{c='{slug}-{n}'}})"}
            for n in range(count)
        ]
        data = plan_data(migration=slug, checks=checks, abort=[{"check": "c0"}])
        config = {"url": self._url, "concurrency": AT_ONCE, "timeout": "60s"}
        data["environments"]["rehearsal"]["sources"]["metrics"] = {
            "kind": "prometheus", "config": config, "interval": "5s",
        }  # fmt: skip
        data["environments"]["rehearsal"]["routes"]["web"]["config"] = {"name": slug}
        migration = Migration.objects.create(slug=slug, title=slug, plan=data, sha256="0" * 64)
        Membership.objects.create(migration=migration, user=self._user, role="dri")
        run = plan_run(migration.pk, "rehearsal", self._dri)
        start(run.pk, self._dri, Click())
        return SourceTick.objects.get(run=run).pk

    def _ticks(self, size: int) -> list[int]:
        return self._ten if size <= 10 else self._hundreds[: size // PER_RUN]

    def _texts(self, size: int) -> list[str]:
        rows = Check.objects.filter(run__ticks__in=self._ticks(size))
        return [f"sum(e{{c='{run}-{name}'}})" for run, name in rows.values_list("run", "name")]

    def _bare(self, size: int) -> float:
        """Keep-alive connections, as many at once as ours, the body read as JSON, nothing else."""
        texts = self._texts(size)
        began = time.perf_counter()
        list(self._pool.map(self._ask, texts))
        return time.perf_counter() - began

    def _ask(self, text: str) -> object:
        client = getattr(self._client, "one", None)
        if client is None:
            client = self._client.one = httpx.Client(base_url=self._url)
        answer = client.post("/api/v1/query", data={"query": text, "time": "1764547200.000"})
        return answer.json()["data"]["result"][0]["value"]

    def _read(self, size: int) -> float:
        """Our source alone, a hundred questions at a time."""
        queries = [Query(text, text) for text in self._texts(size)]
        at, began = db_now(), time.perf_counter()
        for first in range(0, len(queries), PER_RUN):
            found = self._source.read(queries[first : first + PER_RUN], at)
            assert all(one.outcome is Outcome.OK for one in found), found[0].detail
        return time.perf_counter() - began

    def _evaluate(self, size: int) -> float:
        """Ask, judge, write down, and look at the abort criteria, for every run in turn."""
        ticks = self._ticks(size)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE migrations_app_sourcetick SET slot = slot + 1 WHERE id = ANY(%s)", [ticks]
            )
        before = Reading.objects.count()
        began = time.perf_counter()
        for tick in ticks:
            assert evaluate(tick)
        took = time.perf_counter() - began
        assert Reading.objects.count() - before == size
        return took
