"""The driver contract on real Traefiks: a file that is watched, one that is fetched, a mirror."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.drivers.traefik.config import TraefikConfig
from migrations_app.drivers.traefik.driver import TraefikDriver
from tests.drivers.build import SOON
from tests.drivers.relay import relay
from tests.drivers.slow import SlowDriverContract
from tests.drivers.test_contract import shell
from tests.drivers.until import until
from tests.real_traefik import MIRRORING, WEIGHTED, traefik

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.drivers.contract import Bench
    from tests.real_traefik import RealTraefik
    from tests.wire.desk import Hand

pytestmark = pytest.mark.real("traefik")

NOBODYS = Decimal(-1)
WAYS = {
    "watched": ("file", WEIGHTED),
    "fetched": ("http", WEIGHTED),
    "mirror": ("file", MIRRORING),
}


def through(traefik: RealTraefik, **keys: Any) -> TraefikDriver:
    """A driver of the file that this Traefik uses."""
    told = {
        "url": traefik.api,
        "file": str(traefik.file),
        "provider": traefik.provider,
        "service": "app",
        "blue": "blue@file",
        "green": "green@file",
        "timeout": 30,
    }
    driver = TraefikDriver(TraefikConfig.model_validate({**told, **keys}))
    driver.settles = 0  # the bench waits for what it needs
    return driver


def share(service: dict[str, Any]) -> Decimal:
    """GREEN's share by a service, as a person would read it."""
    if service.get("status") == "disabled":
        return NOBODYS
    if "weighted" in service:
        weights = {one["name"]: int(one["weight"]) for one in service["weighted"]["services"]}
        if weights.keys() != {"blue@file", "green@file"}:
            return NOBODYS
        return round(Decimal(100 * weights["green@file"]) / sum(weights.values()), 2)
    return Decimal(int(service["mirroring"]["mirrors"][0].get("percent", 0)))


@dataclass
class TraefikBench:
    traefik: RealTraefik
    text: str
    driver: TraefikDriver

    @property
    def moves(self) -> str:
        return "share" if self.text == WEIGHTED else "mirror"

    def truth(self) -> Decimal:
        return share(self.traefik.service())

    def settle(self) -> None:
        """Until what is in force is what the file says."""
        told = yaml.safe_load(self.traefik.file.read_text())["http"]["services"]["app"]
        until(lambda: self.truth() == share(told), "Traefik takes up the file")

    def move(self, weight: Decimal) -> None:
        text = self.text.replace("weight: 100", f"weight: {100 - int(weight)}  # blue")
        text = text.replace("weight: 0\n", f"weight: {int(weight)}\n")
        self.traefik.write(text.replace("percent: 0", f"percent: {int(weight)}"))
        self.settle()

    def writes(self) -> object:
        return self.traefik.file.read_text(), self.traefik.file.stat().st_mtime_ns

    def type_in(self, commands: Sequence[str]) -> list[str]:
        answers = [shell(command) for command in commands]
        self.settle()
        return answers

    @contextmanager
    def nobody(self) -> Iterator[TraefikDriver]:
        gone = str(self.traefik.file.parent / "unmounted" / "app.yaml")
        keys = {"url": "http://127.0.0.1:1", "file": gone, "moves": self.moves}
        with closing(through(self.traefik, **keys)) as driver:
            yield driver

    @contextmanager
    def mute(self) -> Iterator[TraefikDriver]:
        driver = through(self.traefik, timeout=SOON, moves=self.moves)
        with self.traefik.stopped(), closing(driver):
            yield driver

    @contextmanager
    def unheard(self) -> Iterator[TraefikDriver]:
        """The file is written, and nobody says what became of it."""

        def hang(hand: Hand) -> bool:
            hand.hang()
            return True

        with ExitStack() as stack:
            url = stack.enter_context(relay(self.traefik.api, hang)).url
            driver = through(self.traefik, url=url, timeout=SOON, moves=self.moves)
            yield stack.enter_context(closing(driver))


class TestTraefik(SlowDriverContract):
    @pytest.fixture(scope="class", params=WAYS)
    @classmethod
    def bench(cls, request: pytest.FixtureRequest) -> Iterator[Bench]:
        provider, text = WAYS[request.param]
        with ExitStack() as stack:
            running = stack.enter_context(traefik(text, provider=provider))
            bench = TraefikBench(running, text, through(running))
            bench.driver = through(running, moves=bench.moves)
            stack.enter_context(closing(bench.driver))
            yield bench
