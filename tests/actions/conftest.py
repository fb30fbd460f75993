"""Hands for the tests of simultaneous clicks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hands() -> Iterator[ThreadPoolExecutor]:
    """Two threads that keep their database connections for the test and close them after it."""
    pool = ThreadPoolExecutor(2)
    yield pool
    barrier = Barrier(2)

    def let_go(_: int) -> None:
        barrier.wait(10)
        connections.close_all()

    list(pool.map(let_go, range(2)))
    pool.shutdown()
