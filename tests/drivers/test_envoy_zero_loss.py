"""Not one request may fail while a real Envoy is moved there and back, whichever way it is."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.drivers.flips import no_request_is_lost
from tests.drivers.test_envoy import through
from tests.drivers.test_envoy_file import watching
from tests.real_envoy import envoy, two_routes, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver

pytestmark = pytest.mark.real("envoy")

ROUTES = {"weights": [weighted()], "share": two_routes()}


@pytest.mark.parametrize("way", ROUTES)
def test_in_the_runtime(way: str) -> None:
    @contextmanager
    def plane(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
        with ExitStack() as stack:
            running = stack.enter_context(envoy(blue=blue, green=green, routes=ROUTES))
            driver = stack.enter_context(closing(through(running.admin, way)))
            yield driver, running.ports[way]

    no_request_is_lost(plane)


def test_in_a_file() -> None:
    @contextmanager
    def plane(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
        with envoy(blue=blue, green=green) as running, closing(watching(running)) as driver:
            yield driver, running.ports["file"]

    no_request_is_lost(plane)
