"""Not one request may fail while a real Traefik is moved there and back."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.drivers.flips import no_request_is_lost
from tests.drivers.test_traefik import through
from tests.real_traefik import traefik

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver

pytestmark = pytest.mark.real("traefik")


@pytest.mark.parametrize("provider", ["file", "http"])
def test_no_request_is_lost(provider: str) -> None:
    @contextmanager
    def plane(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
        with ExitStack() as stack:
            running = stack.enter_context(traefik(blue=blue, green=green, provider=provider))
            yield stack.enter_context(closing(through(running))), running.port

    no_request_is_lost(plane)
