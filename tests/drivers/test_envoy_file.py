"""The driver contract on real Envoys that watch a route file."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.drivers.envoy.config import EnvoyFileConfig
from migrations_app.drivers.envoy.file import EnvoyFileDriver
from tests.drivers.build import SOON
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.relay import relay
from tests.drivers.slow import SlowDriverContract
from tests.drivers.test_contract import shell
from tests.drivers.until import until
from tests.real_envoy import MIRROR_FILE, ROUTE_FILE, envoy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.real_envoy import RealEnvoy
    from tests.wire.desk import Hand

pytestmark = pytest.mark.real("envoy")

FILES = {"share": ROUTE_FILE, "mirror": MIRROR_FILE}


def watching(envoy: RealEnvoy, **keys: Any) -> EnvoyFileDriver:
    """A driver of the file that this Envoy watches."""
    told = {"url": envoy.admin, "blue": "blue", "green": "green", "file": str(envoy.file)}
    return EnvoyFileDriver(EnvoyFileConfig.model_validate({**told, "timeout": 30, **keys}))


def share(configuration: Any) -> Decimal:
    """GREEN's share by a route configuration, as a person would read it."""
    [host] = configuration["virtual_hosts"]
    route = host["routes"][0]["route"]
    if "weighted_clusters" in route:
        blue, green = (one["weight"] for one in route["weighted_clusters"]["clusters"])
        return round(Decimal(100 * int(green)) / Decimal(int(blue + green)), 2)
    [policy] = route["request_mirror_policies"]
    return Decimal(str(policy["runtime_fraction"]["default_value"].get("numerator", 0))) / 100


def in_force(envoy: RealEnvoy) -> Decimal:
    told = json.loads(envoy.get("/config_dump?resource=dynamic_route_configs"))
    return share(told["configs"][0]["route_config"])


def settle(envoy: RealEnvoy) -> None:
    """Until what is in force is what the file says."""
    told = share(yaml.safe_load(envoy.file.read_text())["resources"][0])
    until(lambda: in_force(envoy) == told, "Envoy takes up the file")


@dataclass
class EnvoyFileBench:
    envoy: RealEnvoy
    moves: str
    driver: EnvoyFileDriver

    def truth(self) -> Decimal:
        return in_force(self.envoy)

    def move(self, weight: Decimal) -> None:
        text = FILES[self.moves].replace("weight: 100", f"weight: {100 - int(weight)}")
        text = text.replace("green, weight: 0", f"green, weight: {int(weight)}")
        self.envoy.write(text.replace("numerator: 0", f"numerator: {int(weight) * 100}"))
        settle(self.envoy)

    def writes(self) -> object:
        return self.envoy.file.read_text(), self.envoy.file.stat().st_mtime_ns

    def type_in(self, commands: Sequence[str]) -> list[str]:
        answers = [shell(command) for command in commands]
        settle(self.envoy)
        return answers

    @contextmanager
    def nobody(self) -> Iterator[EnvoyFileDriver]:
        gone = str(self.envoy.directory / "unmounted" / "routes.yaml")
        nowhere = "http://127.0.0.1:1"
        with closing(watching(self.envoy, url=nowhere, file=gone, moves=self.moves)) as driver:
            yield driver

    @contextmanager
    def mute(self) -> Iterator[EnvoyFileDriver]:
        driver = watching(self.envoy, timeout=SOON, moves=self.moves)
        with self.envoy.stopped(), closing(driver):
            yield driver

    @contextmanager
    def unheard(self) -> Iterator[EnvoyFileDriver]:
        """The file is written, and nobody says what became of it."""

        def hang(hand: Hand) -> bool:
            hand.hang()
            return True

        with ExitStack() as stack:
            url = stack.enter_context(relay(self.envoy.admin, hang)).url
            driver = watching(self.envoy, url=url, timeout=SOON, moves=self.moves)
            yield stack.enter_context(closing(driver))


@contextmanager
def bench_of(moves: str) -> Iterator[Bench]:
    with ExitStack() as stack:
        running = stack.enter_context(envoy(file=FILES[moves]))
        driver = stack.enter_context(closing(watching(running, moves=moves)))
        yield EnvoyFileBench(running, moves, driver)


class TestEnvoyFile(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench_of("share") as bench:
            yield bench


class TestEnvoyFileMirror(SlowDriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench_of("mirror") as bench:
            yield bench
