"""HAProxy's Data Plane API: the driver contract against a server that does as its source says."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
from migrations_app.drivers.haproxy.dataplane.driver import DataplaneDriver
from tests.drivers.build import SOON
from tests.drivers.contract import DriverContract
from tests.drivers.made import all_closed, kept
from tests.drivers.mute import HEARD, mute
from tests.fakes.dataplane import Dataplane, dataplane
from tests.fakes.shell import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["all_closed"]
ALL, HALF, NOTHING = Decimal(100), Decimal(50), Decimal(0)
KEYS: dict[str, Any] = {
    "auth": {"basic": {"username": "warroom", "password": "s3cret $x"}},
    "backend": "app", "blue": "blue", "green": "green", "timeout": 20,
}  # fmt: skip


def at(url: str, **more: object) -> DataplaneDriver:
    return kept(DataplaneDriver(DataplaneConfig.model_validate({"url": url, **KEYS, **more})))


@dataclass
class DataplaneBench:
    plane: Dataplane
    persist: bool
    driver: DataplaneDriver = field(init=False)

    def __post_init__(self) -> None:
        self.driver = self._at(self.plane.url)

    def _at(self, url: str, **more: object) -> DataplaneDriver:
        return at(url, persist=self.persist, **more)

    def truth(self) -> Decimal:
        blue, green = self.plane.weights["blue"], self.plane.weights["green"]
        share = Fraction(100 * green, blue + green)
        return round(Decimal(share.numerator) / Decimal(share.denominator), 2)

    def move(self, weight: Decimal) -> None:
        self.plane.weights.update(green=int(weight), blue=100 - int(weight))
        self.plane.edit()

    def writes(self) -> object:
        return list(self.plane.log)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return typed(commands, {"PASSWORD": "s3cret $x"})

    @contextmanager
    def nobody(self) -> Iterator[DataplaneDriver]:
        yield self._at("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[DataplaneDriver]:
        with mute() as url:
            yield self._at(url, timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[DataplaneDriver]:
        self.plane.deaf = True
        try:
            yield self._at(self.plane.url, timeout=HEARD)
        finally:
            self.plane.deaf = False


class TestDataplaneOnAFake(DriverContract):
    @pytest.fixture(scope="class", params=[False, True], ids=["runtime", "persist"])
    @classmethod
    def bench(cls, request: pytest.FixtureRequest) -> Iterator[DataplaneBench]:
        with dataplane() as plane:
            yield DataplaneBench(plane, request.param)


@pytest.fixture
def plane() -> Iterator[Dataplane]:
    with dataplane() as running:
        yield running


def test_raises_before_it_lowers(plane: Dataplane) -> None:
    """The server asserts after every change that somebody would answer."""
    for weight in (ALL, NOTHING, HALF, ALL, NOTHING):
        at(plane.url).apply(weight, None)
    assert plane.log[-2:] == [("run", "blue", {"weight": 100}), ("run", "green", {"weight": 0})]


def test_persisted_weights_are_in_the_file_and_leave_the_rest_of_it(plane: Dataplane) -> None:
    driver = at(plane.url, persist=True)
    driver.apply(Decimal(25), driver.observe().token)
    assert {name: server["weight"] for name, server in plane.file.items()} == plane.weights
    assert plane.weights == {"blue": 75, "green": 25}
    assert plane.file["blue"]["check"] == "enabled"
    assert driver.observe().token == "9"


def test_the_running_server_follows_even_where_the_file_says_so_already(plane: Dataplane) -> None:
    """The API changes the running server only where the file changes."""
    driver = at(plane.url, persist=True)
    driver.apply(NOTHING, driver.observe().token)
    plane.weights.update(green=100)
    driver.apply(NOTHING, driver.observe().token)
    assert plane.weights == {"blue": 100, "green": 0}


def test_a_file_that_cannot_be_written_does_not_keep_traffic_from_going_back(
    plane: Dataplane,
) -> None:
    plane.weights.update(blue=0, green=100)
    plane.broken_file = True
    with pytest.raises(UnknownOutcome, match="blue to 100, green to 0 had been set"):
        at(plane.url, persist=True).apply(NOTHING, None)
    assert plane.weights == {"blue": 100, "green": 0}


def test_a_change_of_the_file_stops_going_on_and_not_going_back(plane: Dataplane) -> None:
    driver = at(plane.url, persist=True)
    old = driver.observe().token
    plane.edit()
    with pytest.raises(Conflict, match="is at version 8, not 7"):
        driver.apply(ALL, old)
    assert plane.weights["green"] == 0
    driver.apply(NOTHING, None)


def test_one_that_is_too_old_says_so_instead_of_nothing() -> None:
    with dataplane(old=True) as plane:
        with pytest.raises(Permanent, match=r"older than 3\.3\.1"):
            at(plane.url).apply(ALL, None)
        assert plane.log == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"backend": "other"}, "no such backend"),
        ({"green": "verde"}, "no server called verde"),
        ({"auth": {"basic": {"username": "warroom", "password": "no"}}}, "not logged in"),
    ],
)
def test_what_is_not_there(plane: Dataplane, more: dict[str, Any], says: str) -> None:
    with pytest.raises(Permanent, match=says):
        at(plane.url, **more).observe()


def test_one_that_is_busy(plane: Dataplane) -> None:
    plane.busy = True
    with pytest.raises(Transient, match="slow down") as told:
        at(plane.url).apply(NOTHING, None)
    assert told.value.retry_after == 5


def test_requests_at_the_side_that_was_left(plane: Dataplane) -> None:
    plane.sessions = {"blue": 3, "green": 2}
    assert at(plane.url).observe().in_flight == 2
    at(plane.url).apply(HALF, None)
    assert at(plane.url).observe().in_flight is None


def test_no_flip_is_confirmed_while_nobody_is_up(plane: Dataplane) -> None:
    plane.states["blue"] = ("down", "ready")
    with pytest.raises(Transient, match="no server takes requests"):
        at(plane.url).observe()


def test_where_every_weight_is_nothing_the_share_is_nobodys(plane: Dataplane) -> None:
    plane.weights.update(blue=0)
    assert at(plane.url).observe().weight == Decimal("0.01")


def test_a_doctor_names_strangers_cookies_algorithms_and_what_is_ill(plane: Dataplane) -> None:
    assert all(finding.ok for finding in at(plane.url).check())
    plane.weights["third"] = 10
    plane.states["green"] = ("up", "drain")
    plane.backend |= {"cookie": {"name": "SRV"}, "balance": {"algorithm": "source"}}
    assert {finding.what for finding in at(plane.url).check() if not finding.ok} == {
        "server third", "server green", "balance of app", "stickiness of app",
    }  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"backend": ".."},
        {"backend": "a/b"},
        {"green": "blue"},
        {"green": "a b"},
        {"auth": {"bearer": "token"}},
    ],
)
def test_what_a_runbook_may_not_say(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DataplaneConfig.model_validate({"url": "https://lb.example:5555", **KEYS, **more})
