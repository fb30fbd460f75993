"""Real HAProxys for every test of the driver, in every version that is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real_haproxy import haproxy, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real_haproxy import RealHAProxy


@pytest.fixture(scope="session", params=installed())
def binary(request: pytest.FixtureRequest) -> str:
    """The program of one version."""
    return str(request.param)


@pytest.fixture
def running(binary: str) -> Iterator[RealHAProxy]:
    """BLUE and GREEN of weight 100 and 0, nobody behind them and no health check."""
    with haproxy(binary) as running:
        yield running
