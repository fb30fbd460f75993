"""A real Prometheus scrapes a real web process, and answers every query of the dashboard."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from migrations_app.practice.ports import free_port
from tests.live.conftest import Server
from tests.ops.files import queries
from tests.ops.night import rolled_back
from tests.real_prometheus import NEEDED, PATIENCE, RealPrometheus, Setup, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [*NEEDED, pytest.mark.slow]


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """A real web process."""
    running = Server(free_port(), settings.WARROOM_REDIS_URL)
    try:
        yield running.start()
    finally:
        running.kill()


def test_a_real_one_scrapes_us_and_answers_every_query(server: Server) -> None:
    run_id = rolled_back()
    with server.browser(User.objects.get(username="ana")) as ana:
        ana.get(f"/runs/{run_id}/")
        with prometheus(Setup(scrape={"warroom": f"127.0.0.1:{server.port}"})) as real:
            _wait(real)
            ana.get(f"/runs/{run_id}/")
            for query in queries():
                _until(real, query)


def _wait(real: RealPrometheus) -> None:
    """Two scrapes, so that there are rates."""
    _until(real, 'count_over_time(warroom_runs{state="held",kind="production"}[5m]) > 2')
    _until(real, "rate(warroom_requests_total[5m])")


def _until(real: RealPrometheus, query: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _series(real, query):
        assert time.monotonic() < deadline, f"no answer to {query}"
        time.sleep(0.2)


def _series(real: RealPrometheus, query: str) -> list[Any]:
    envelope: Any = real.ask("query", query=query)
    assert envelope["status"] == "success", envelope
    found: list[Any] = envelope["data"]["result"]
    return found
