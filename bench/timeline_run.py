"""Runs that differ in nothing but the length of their timelines, and somebody who reads them."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from migrations_app.models import Event, Pin, Run
from migrations_app.reads.export import exported
from migrations_app.reads.retro import markdown
from migrations_app.web.exports import printed
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DOCUMENTS = {"json": exported, "md": markdown, "html": printed}

ENTRY = b'id="entry-'
FILL = """
INSERT INTO migrations_app_event
       (run_id, seq, at, kind, verb, actor, leg, phase, revision, sentence, payload,
        prev_hash, hash)
SELECT %(run)s, n, now() - (%(size)s - n) * interval '1 second',
       CASE WHEN n %% 50000 = 7 THEN 'go' WHEN n %% 1000 = 3 THEN 'note'
            WHEN n %% 10 = 1 THEN 'weight_confirmed' ELSE 'verdict' END,
       '', 'warroom', 1, 0, 5,
       CASE WHEN n %% 20000 = 11 THEN 'raj: the vacuum of orders-archive blocks us'
            WHEN n %% 500 = 0 THEN 'p95 is 310 ms, above 250 ms'
            ELSE 'error rate is ' || (n %% 97) || ' of ' || n || ' requests: passes' END,
       jsonb_build_object('delta', '{}'::jsonb, 'check', 'errors', 'value', n),
       repeat('a', 64), repeat('b', 64)
  FROM generate_series(%(first)s, %(size)s) AS n
"""


class Bench:
    """One run per size. `page` and `document` are the things to time."""

    def __init__(self, sizes: Sequence[int]) -> None:
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.WHITENOISE_AUTOREFRESH = True
        self.runs = {size: _filled(size) for size in sizes}
        self.client = Client()
        self.client.force_login(User.objects.get(username="kim"))
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE migrations_app_event")

    def page(self, size: int, path: str) -> Callable[[], bytes]:
        """Ask for a page of the run with this many entries, as a browser does."""
        address = f"/runs/{self.runs[size]}/{path}"

        def asked() -> bytes:
            response = self.client.get(address)
            assert response.status_code == 200, address
            return response.content

        return asked

    def account(self, work: Callable[[], bytes]) -> str:
        """How many queries it takes, and how many entries it shows."""
        with CaptureQueriesContext(connection) as seen:
            page = work()
        return f"{len(seen):>2} q {page.count(ENTRY):>2} e"

    def document(self, size: int, name: str) -> tuple[float, int]:
        """Seconds to read a document to its end, and the peak of what it held, in bytes."""
        began = time.perf_counter()
        tracemalloc.start()
        asyncio.run(self._read(size, name))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return time.perf_counter() - began, peak

    async def _read(self, size: int, name: str) -> None:
        async for _ in DOCUMENTS[name](self.runs[size]):
            pass


def _filled(size: int) -> int:
    run = build.ready().run
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(FILL, {"run": run.pk, "size": size, "first": run.seq + 1})
    Run.objects.filter(pk=run.pk).update(seq=size)
    for seq in (20, 50, 80):
        Pin.objects.create(run=run, event=Event.objects.get(run=run, seq=seq), by="kim")
    return run.pk
