"""GREEN gets copies and answers nobody: with real proxies, and services that count."""

from __future__ import annotations

import urllib.request
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.drivers.test_envoy import through as through_envoy
from tests.drivers.test_envoy_file import watching
from tests.drivers.test_traefik import through as through_traefik
from tests.drivers.until import until
from tests.real_envoy import MIRROR_FILE, envoy, mirrored
from tests.real_traefik import MIRRORING, traefik
from tests.wire.desk import Desk, Hand, desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from migrations_app.drivers.base import Driver

    Plane = Callable[[int, int], AbstractContextManager[tuple[Driver, int]]]

EACH = 12  # requests at every weight


@contextmanager
def in_the_runtime(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
    with (
        envoy(blue=blue, green=green, routes={"mirror": [mirrored()]}) as running,
        closing(through_envoy(running.admin, "mirror")) as driver,
    ):
        yield driver, running.ports["mirror"]


@contextmanager
def in_a_file(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
    with (
        envoy(blue=blue, green=green, file=MIRROR_FILE) as running,
        closing(watching(running, moves="mirror")) as driver,
    ):
        yield driver, running.ports["file"]


@contextmanager
def by_traefik(blue: int, green: int) -> Iterator[tuple[Driver, int]]:
    with (
        traefik(MIRRORING, blue=blue, green=green) as running,
        closing(through_traefik(running, moves="mirror")) as driver,
    ):
        yield driver, running.port


@pytest.mark.parametrize(
    "plane",
    [
        pytest.param(in_the_runtime, marks=pytest.mark.real("envoy")),
        pytest.param(in_a_file, marks=pytest.mark.real("envoy")),
        pytest.param(by_traefik, marks=pytest.mark.real("traefik")),
    ],
)
def test_copies_go_to_green_and_answers_come_from_blue(plane: Plane) -> None:
    with ExitStack() as stack:
        blue, green = (stack.enter_context(named(name)) for name in (b"blue", b"green"))
        driver, port = stack.enter_context(plane(_port(blue), _port(green)))
        for weight, copies in ((0, 0), (100, EACH), (0, 0)):
            driver.apply(Decimal(weight), None)
            before = len(green.heard)
            assert {ask(port) for _ in range(EACH)} == {b"blue"}
            until(lambda: len(green.heard) - before == copies, f"{copies} copies")  # noqa: B023
            assert driver.observe().weight == weight


def named(name: bytes) -> AbstractContextManager[Desk]:
    return desk(partial(Hand.say, status=200, body=name))


def ask(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return bytes(answer.read())


def _port(one: Desk) -> int:
    return int(one.url.rpartition(":")[2])
