"""Fetch what a target exposes, again and again, and write down what it says, or its silence.

As Prometheus does it: samples bear the time their scrape began; a series missing from a scrape
ends there; a target that does not answer is `up 0`, and all its series end.
"""

from __future__ import annotations

import asyncio
import logging
import time as clock
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from migrations_app.practice.promql.chunk import STALE
from migrations_app.practice.promql.exposition import Exposition
from migrations_app.practice.promql.labels import NAME, Labels, labels_of
from migrations_app.practice.promql.store import TooManySeries

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.practice.promql.store import Store

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAGE: Final = 4 * 1024 * 1024
_ACCEPT: Final = {"accept": "text/plain;version=0.0.4"}
_FAILURES: Final = (httpx.HTTPError, TimeoutError, ValueError)


@dataclass(frozen=True, slots=True)
class Target:
    """`url` of a page in the Prometheus text format, such as http://127.0.0.1:8001/metrics."""

    job: str
    url: str

    @property
    def labels(self) -> dict[str, str]:
        return {"job": self.job, "instance": urlsplit(self.url).netloc}


class Scraper:
    """`now` in unix seconds."""

    def __init__(
        self,
        target: Target,
        store: Store,
        client: httpx.AsyncClient,
        now: Callable[[], float] = clock.time,
    ) -> None:
        self._target = target
        self._store = store
        self._client = client
        self._now = now
        self._exposition = Exposition(target.labels)
        self._last: set[Labels] = set()
        self._trouble = ""

    async def forever(self, interval: float) -> None:
        """Every `interval` seconds; one that takes longer is given up."""
        begin = clock.monotonic()
        while True:
            await self.once(interval)
            due = interval - (clock.monotonic() - begin) % interval
            await asyncio.sleep(due)

    async def once(self, patience: float) -> None:
        """One scrape, written whatever came of it. Waits at most `patience` seconds."""
        time, begin = round(self._now() * 1000), clock.monotonic()
        values, trouble = None, ""
        try:
            async with asyncio.timeout(patience):
                values = self._exposition.read(await self._page())
        except _FAILURES as error:
            trouble = f"{type(error).__name__} {error}".strip()
        seconds = clock.monotonic() - begin
        try:
            self._write(time, values, seconds)
        except TooManySeries as error:
            trouble = str(error)
            self._write(time, None, seconds)
        self._tell(trouble)

    async def _page(self) -> str:
        page = bytearray()
        async with self._client.stream("GET", self._target.url, headers=_ACCEPT) as response:
            response.raise_for_status()
            async for piece in response.aiter_bytes():
                page += piece
                if len(page) > _LONGEST_PAGE:
                    raise ValueError(f"the page is longer than {_LONGEST_PAGE} bytes")
        return page.decode()

    def _write(self, time: int, values: dict[Labels, float] | None, seconds: float) -> None:
        """Without `values` the target is down."""
        present = values or {}
        report = {
            "up": 0.0 if values is None else 1.0,
            "scrape_duration_seconds": seconds,
            "scrape_samples_scraped": float(len(present)),
        }
        own = self._target.labels
        about = {labels_of(own | {NAME: name}): value for name, value in report.items()}
        ended = dict.fromkeys(self._last - present.keys(), STALE)
        self._store.write(time, present | ended | about)
        self._last = set(present)

    def _tell(self, trouble: str) -> None:
        """Once when it goes down and once when it comes back, not every second."""
        if trouble and not self._trouble:
            _LOG.warning("%s is down: %s", self._target.url, trouble)
        if self._trouble and not trouble:
            _LOG.warning("%s is up again", self._target.url)
        self._trouble = trouble
