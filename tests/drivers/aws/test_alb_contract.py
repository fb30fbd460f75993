"""The driver contract for an Application Load Balancer, on moto and with a stand-in for `aws`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.drivers.aws.balancer import Balancer, balancer
from tests.drivers.build import SOON
from tests.drivers.contract import Bench, DriverContract
from tests.fakes.between import Between, Heard, between
from tests.fakes.shell import stand_in, typed
from tests.real_moto import KEY_ID, NEEDED, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from migrations_app.drivers.aws.alb import AlbDriver


def changes(heard: Heard) -> bool:
    return b"Action=Modify" in heard.body


@dataclass(repr=False)
class AlbBench:
    balancer: Balancer
    hand: Between
    commands: Path
    driver: AlbDriver

    def truth(self) -> Decimal:
        blue, green = self.balancer.weights()
        share = Fraction(100 * green, blue + green)
        return round(Decimal(share.numerator) / Decimal(share.denominator), 2)

    def move(self, weight: Decimal) -> None:
        self.balancer.set(100 - int(weight), int(weight))

    def writes(self) -> object:
        return sum(changes(heard) for heard in self.hand.heard)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        login = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return typed(commands, login, self.commands)

    @contextmanager
    def nobody(self) -> Iterator[AlbDriver]:
        yield self.balancer.driver("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[AlbDriver]:
        self.hand.silent, self.hand.after = lambda _heard: True, False
        try:
            yield self.balancer.driver(self.hand.url, timeout=SOON)
        finally:
            self.hand.silent = lambda _heard: False

    @contextmanager
    def unheard(self) -> Iterator[AlbDriver]:
        self.hand.silent, self.hand.after = changes, True
        try:
            yield self.balancer.driver(self.hand.url, timeout=3)
        finally:
            self.hand.silent = lambda _heard: False


class TestAlbOnMoto(DriverContract):
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, moto_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
        built = balancer(moto_port, "rule")
        commands = stand_in(tmp_path_factory.mktemp("bin"), "aws", "tests.fakes.aws_cli")
        with between(moto_port) as hand:
            yield AlbBench(built, hand, commands, built.driver(hand.url))
