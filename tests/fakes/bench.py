"""The contract's bench for a fake that speaks HTTP."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest

from migrations_app.drivers.scale import share_of
from tests.drivers.build import SOON
from tests.fakes.between import Between, between
from tests.fakes.shell import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from migrations_app.drivers.base import Driver
    from tests.fakes.between import Heard, Said

LONG = 60.0  # seconds; only a hung machine takes longer


class Plane(Protocol):
    def answer(self, heard: Heard) -> Said: ...

    @property
    def weights(self) -> tuple[float, float]:
        """BLUE's and GREEN's, by its own account."""
        ...

    def move(self, weight: Decimal) -> None: ...


@dataclass(repr=False)
class CloudBench:
    """`new` makes a driver at an address; `variables` are the secrets that a typed line names."""

    plane: Plane
    hand: Between
    new: Callable[..., Driver]
    variables: Mapping[str, str]
    over: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.driver = self.at(self.hand.url)

    def at(self, url: str, **keys: object) -> Driver:
        driver = self.new(url, **{"timeout": LONG, **keys})
        self.over.callback(driver.close)
        return driver

    def truth(self) -> Decimal:
        share = share_of(*self.plane.weights)
        assert share is not None
        return share

    def move(self, weight: Decimal) -> None:
        self.plane.move(weight)

    def writes(self) -> object:
        return sum(changes(heard) for heard in self.hand.heard)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        if missing := [name for name in ("curl", "jq") if shutil.which(name) is None]:
            pytest.skip(f"NOT PROVEN in a shell: {' and '.join(missing)} missing (apt install)")
        return typed(commands, self.variables)

    @contextmanager
    def nobody(self) -> Iterator[Driver]:
        yield self.at("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[Driver]:
        self.hand.silent, self.hand.after = lambda _heard: True, False
        try:
            yield self.at(self.hand.url, timeout=SOON)
        finally:
            self.hand.silent = lambda _heard: False

    @contextmanager
    def unheard(self) -> Iterator[Driver]:
        self.hand.silent, self.hand.after = changes, True
        try:
            yield self.at(self.hand.url, timeout=2)
        finally:
            self.hand.silent = lambda _heard: False


def changes(heard: Heard) -> bool:
    return heard.method in {"PATCH", "PUT"}


@contextmanager
def bench(
    plane: Plane, new: Callable[..., Driver], variables: Mapping[str, str]
) -> Iterator[CloudBench]:
    """Until the end of the block."""
    with between(0) as hand, ExitStack() as over:
        hand.instead = plane.answer
        yield CloudBench(plane, hand, new, variables, over)
