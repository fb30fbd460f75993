"""The driver contract on real Envoys: two weights, one fraction, and a mirror, in the runtime."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from migrations_app.drivers.envoy.config import EnvoyConfig
from migrations_app.drivers.envoy.driver import EnvoyDriver
from tests.drivers.build import SOON
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.relay import relay, unheard
from tests.drivers.test_contract import shell
from tests.real_envoy import FRACTION, MIRROR, PREFIX, envoy, mirrored, two_routes, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.real_envoy import RealEnvoy

pytestmark = pytest.mark.real("envoy")

WAYS: dict[str, dict[str, Any]] = {
    "weights": {"runtime_key_prefix": PREFIX},
    "share": {"runtime_key": FRACTION},
    "mirror": {"runtime_key": MIRROR, "moves": "mirror"},
}
NOWHERE = "http://127.0.0.1:1"


def through(url: str, way: str = "weights", **keys: Any) -> EnvoyDriver:
    """A driver of clusters blue and green."""
    told = {"url": url, "blue": "blue", "green": "green", "timeout": 10, **WAYS[way], **keys}
    return EnvoyDriver(EnvoyConfig.model_validate(told))


@dataclass
class EnvoyBench:
    envoy: RealEnvoy
    way: str
    driver: EnvoyDriver

    def truth(self) -> Decimal:
        values = self.envoy.runtime()
        if self.way == "weights":
            blue, green = (int(values.get(f"{PREFIX}.{one}", 0)) for one in ("blue", "green"))
            return (Decimal(100) * green / (blue + green)).quantize(Decimal("0.01"))
        told = json.loads(values[WAYS[self.way]["runtime_key"]])
        return Decimal(told) if isinstance(told, int) else Decimal(told["numerator"]) / 100

    def move(self, weight: Decimal) -> None:
        weights = {f"{PREFIX}.blue": 100 - int(weight), f"{PREFIX}.green": int(weight)}
        keys = weights if self.way == "weights" else {WAYS[self.way]["runtime_key"]: int(weight)}
        assert self.envoy.post(f"/runtime_modify?{urlencode(keys)}") == "OK\n"

    def writes(self) -> object:
        return self.envoy.get("/stats?filter=^runtime.load_success$")

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return [shell(command) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[EnvoyDriver]:
        with closing(through(NOWHERE, self.way)) as driver:
            yield driver

    @contextmanager
    def mute(self) -> Iterator[EnvoyDriver]:
        driver = through(self.envoy.admin, self.way, timeout=SOON)
        with self.envoy.stopped(), closing(driver):
            yield driver

    @contextmanager
    def unheard(self) -> Iterator[EnvoyDriver]:
        with ExitStack() as stack:
            desk = stack.enter_context(relay(self.envoy.admin, unheard(self.envoy.admin)))
            yield stack.enter_context(closing(through(desk.url, self.way)))


@pytest.fixture(scope="module")
def shared() -> Iterator[RealEnvoy]:
    routes = {"weights": [weighted()], "share": two_routes(), "mirror": [mirrored()]}
    with envoy(routes=routes) as running:
        yield running


class TestEnvoy(DriverContract):
    @pytest.fixture(scope="class", params=WAYS)
    @classmethod
    def bench(cls, shared: RealEnvoy, request: pytest.FixtureRequest) -> Iterator[Bench]:
        with closing(through(shared.admin, request.param)) as driver:
            yield EnvoyBench(shared, request.param, driver)
