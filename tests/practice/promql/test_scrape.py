"""Scraping: what is written when all goes well, and when it does not."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.labels import NAME
from migrations_app.practice.promql.scrape import Scraper, Target
from migrations_app.practice.promql.store import Store
from tests.practice.promql.build import EVERYTHING, FOREVER, NOW, labels
from tests.practice.promql.exporter import PATIENCE, exporting

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.practice.promql.vectors import Vector

    Answer = Callable[[httpx.Request], httpx.Response]


def scrape(*pages: Answer | str | None, store: Store | None = None) -> Engine:
    """One scrape a second from `NOW` on; None is an HTTP 500."""
    found = store or Store()

    async def run() -> None:
        for number, page in enumerate(pages):
            transport.handler = _answer(page)
            clock.append(NOW / 1000 + number)
            await scraper.once(PATIENCE)

    clock: list[float] = []
    transport = httpx.MockTransport(_answer(None))
    client = httpx.AsyncClient(transport=transport)
    scraper = Scraper(Target("shop", "http://shop:80/metrics"), found, client, lambda: clock[-1])
    asyncio.run(run())
    return Engine(found)


def _answer(page: Answer | str | None) -> Answer:
    if callable(page):
        return page
    status = 500 if page is None else 200
    return lambda _request: httpx.Response(status, text=page or "")


def at(engine: Engine, query: str, second: int) -> Vector:
    result = engine.instant(query, NOW + 1_000 * second)
    assert isinstance(result, dict)
    return {tuple(pair for pair in key if pair[0] not in OWN): v for key, v in result.items()}


OWN = {"job", "instance", "__name__"}
UP, DOWN = {(): 1.0}, {(): 0.0}


def test_every_sample_bears_the_labels_of_its_target() -> None:
    engine = scrape('x{a="1"} 5\n')
    own = {"job": "shop", "instance": "shop:80"}
    assert engine.instant("x", NOW) == {labels("x", a="1", **own): 5.0}
    assert engine.instant("up", NOW) == {labels("up", **own): 1.0}
    assert engine.instant("scrape_samples_scraped", NOW) == {
        labels("scrape_samples_scraped", **own): 1.0
    }


def test_samples_bear_the_time_of_their_scrape() -> None:
    engine = scrape("x 1\n", "x 2\n", "x 3\n")
    assert at(engine, "timestamp(x)", 2) == {(): NOW / 1000 + 2}
    assert at(engine, "x", 1) == {(): 2.0}


def test_a_series_that_is_missing_ends_at_once() -> None:
    engine = scrape("x 1\ny 1\n", "y 2\n", "x 3\ny 3\n")
    assert [at(engine, "x", second) for second in range(3)] == [{(): 1.0}, {}, {(): 3.0}]
    assert [at(engine, "up", second) for second in range(3)] == [UP, UP, UP]


def _hang_up(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)


def _redirect(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": "http://elsewhere/"}, text="x 9\n")


def _garbage(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"\xff\xfe")


def _endless(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"#" * 5_000_000)


@pytest.mark.parametrize(
    "failure",
    [None, "<html>", _hang_up, _redirect, _garbage, _endless],
    ids=lambda failure: getattr(failure, "__name__", str(failure)),
)
def test_a_failed_scrape_is_down_and_ends_everything(failure: Answer | str | None) -> None:
    engine = scrape("x 1\n", failure, "x 3\n")
    assert [at(engine, "up", second) for second in range(3)] == [UP, DOWN, UP]
    assert [at(engine, "x", second) for second in range(3)] == [{(): 1.0}, {}, {(): 3.0}]
    assert at(engine, "scrape_samples_scraped", 1) == DOWN


def test_an_empty_page_is_up() -> None:
    engine = scrape("x 1\n", "")
    assert (at(engine, "up", 1), at(engine, "x", 1)) == (UP, {})


def test_a_page_too_many_is_down(caplog: pytest.LogCaptureFixture) -> None:
    many = "".join(f'x{{n="{n}"}} 1\n' for n in range(20))
    engine = scrape("x 1\n", many, "x 2\n", store=Store(most_series=10))
    assert [at(engine, "up", second) for second in range(3)] == [UP, DOWN, UP]
    assert at(engine, "x", 1) == {}
    assert "20 new series" in caplog.text


def test_trouble_is_told_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "migrations_app")
    scrape("x 1\n", None, None, None, "x 1\n", "x 1\n")
    told = [record.getMessage() for record in caplog.records if "shop:80" in record.getMessage()]
    assert [text.split()[2] for text in told] == ["down:", "up"]


def test_a_target_that_hangs_is_down() -> None:
    store = Store()

    async def run() -> None:
        async def hang(_request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        client = httpx.AsyncClient(transport=httpx.MockTransport(hang))
        target = Target("shop", "http://shop:80/metrics")
        await Scraper(target, store, client, lambda: NOW / 1000).once(0.05)

    asyncio.run(run())
    assert at(Engine(store), "up", 0) == DOWN


def test_it_goes_on_for_ever() -> None:
    """Over real HTTP, until it is cancelled; what it scraped is in the store."""
    store = Store()

    async def run(url: str) -> None:
        async with httpx.AsyncClient() as client:
            task = asyncio.create_task(Scraper(Target("shop", url), store, client).forever(0.02))
            await asyncio.to_thread(exporter.wait_for, 5)
            task.cancel()
            await asyncio.wait([task])

    with exporting(lambda request: f"x {request}\n") as exporter:
        asyncio.run(run(exporter.url))
    # However busy the machine, each of them was written as something.
    (up,) = [
        found for found in store.select(EVERYTHING, 0, FOREVER) if (NAME, "up") in found.labels
    ]
    assert len(up.times) >= 4
