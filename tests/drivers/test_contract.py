"""The driver contract, for the fake in its modes and for real HAProxys."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

import pytest

from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from tests.drivers.build import SOON, at
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.stub import WELL, stub
from tests.real_haproxy import RealHAProxy, haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.drivers.haproxy.driver import HAProxyDriver

names = (f"contract-{number}" for number in count())

FAKES: dict[str, dict[str, object]] = {
    "memory": {},
    "no tokens": {"compare_and_set": False},
    "binary": {"binary": True},
    "three targets": {"targets": 3},
    "file": {"path": "journal"},
}


@dataclass
class FakeBench:
    driver: FakeDriver

    def truth(self) -> Decimal:
        return self.driver.plane.state().weight

    def move(self, weight: Decimal) -> None:
        self.driver.plane.drift(weight)

    def writes(self) -> object:
        return self.driver.plane.writes()

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return [shell(command) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[FakeDriver]:
        yield other(faults=Faults(unreachable=True, transient=True))

    @contextmanager
    def mute(self) -> Iterator[FakeDriver]:
        yield other(faults=Faults(slow=SOON * 100), timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[FakeDriver]:
        yield other(faults=Faults(time_out=True))


def other(**keys: object) -> FakeDriver:
    return FakeDriver(FakeConfig.model_validate({"name": next(names), **keys}))


class TestFake(DriverContract):
    @pytest.fixture(scope="class", params=FAKES)
    @classmethod
    def bench(
        cls, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Bench:
        keys = dict(FAKES[request.param])
        if "path" in keys:
            keys["path"] = tmp_path_factory.mktemp("plane") / "it's a journal"
        return FakeBench(other(**keys))


@dataclass
class HAProxyBench:
    """`address` is the one the driver is tried at; `haproxy` tells the truth by its own client."""

    haproxy: RealHAProxy
    address: str
    driver: HAProxyDriver

    def truth(self) -> Decimal:
        blue, green = self.haproxy.weight("blue"), self.haproxy.weight("green")
        share = Fraction(100 * green, blue + green)
        return round(Decimal(share.numerator) / Decimal(share.denominator), 2)

    def move(self, weight: Decimal) -> None:
        self.haproxy.set("green", int(weight))
        self.haproxy.set("blue", 100 - int(weight))

    def writes(self) -> object:
        return self.haproxy.ask("show servers state app")

    def type_in(self, commands: Sequence[str]) -> list[str]:
        """With the real socat where there is one, else what is between the quotes, sent as is."""
        if shutil.which("socat"):
            return [shell(command) for command in commands]
        return [self.haproxy.ask(command.split('"')[1]) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[HAProxyDriver]:
        yield at(self.address + "9" if self.address.startswith("unix") else "tcp://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[HAProxyDriver]:
        with self.haproxy.stopped():
            yield at(self.address, timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[HAProxyDriver]:
        with stub(lambda line: WELL if line.startswith("show") else None) as mute:
            yield at(mute.address, timeout=SOON)


def shell(command: str) -> str:
    """What a person at a terminal would see."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 - the point is that a shell reads it
    return done.stdout


@pytest.fixture(scope="class")
def shared(binary: str) -> Iterator[RealHAProxy]:
    with haproxy(binary) as running:
        yield running


class TestHAProxy(DriverContract):
    @pytest.fixture(scope="class", params=["tcp", "unix"])
    @classmethod
    def bench(cls, shared: RealHAProxy, request: pytest.FixtureRequest) -> Bench:
        address = shared.tcp if request.param == "tcp" else shared.unix
        return HAProxyBench(shared, address, at(address))
