"""The driver contract for weighted records, on moto with Route 53's rules for batches before it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from migrations_app.drivers.scale import share_of
from tests.drivers.aws.records import Records, records
from tests.drivers.build import SOON
from tests.drivers.contract import Bench, DriverContract
from tests.fakes.route53 import changes
from tests.fakes.shell import stand_in, typed
from tests.real_moto import KEY_ID, NEEDED, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from migrations_app.drivers.aws.route53 import Route53Driver


@dataclass(repr=False)
class Route53Bench:
    records: Records
    commands: Path
    driver: Route53Driver

    def truth(self) -> Decimal:
        weights = self.records.weights()
        share = share_of(weights["blue"], weights["green"])
        assert share is not None
        return share

    def move(self, weight: Decimal) -> None:
        self.records.set(blue=100 - int(weight), green=int(weight))

    def writes(self) -> object:
        return sum(changes(heard) for heard in self.records.hand.heard)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        login = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return typed(commands, login, self.commands)

    @contextmanager
    def nobody(self) -> Iterator[Route53Driver]:
        yield self.records.driver("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[Route53Driver]:
        hand = self.records.hand
        hand.silent, hand.after = lambda _heard: True, False
        try:
            yield self.records.driver(timeout=SOON)
        finally:
            hand.silent = lambda _heard: False

    @contextmanager
    def unheard(self) -> Iterator[Route53Driver]:
        hand = self.records.hand
        hand.silent, hand.after = changes, True
        try:
            yield self.records.driver(timeout=3)
        finally:
            hand.silent = lambda _heard: False


class TestRoute53OnMotoWithItsBatchRules(DriverContract):
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, moto_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
        commands = stand_in(tmp_path_factory.mktemp("bin"), "aws", "tests.fakes.aws_cli")
        with records(moto_port) as built:
            yield Route53Bench(built, commands, built.driver())
