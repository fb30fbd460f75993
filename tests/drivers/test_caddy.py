"""Caddy: the driver contract with a real one, and what is the driver's own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.caddy.config import CaddyConfig
from migrations_app.drivers.caddy.driver import CaddyDriver
from tests.drivers.build import SOON
from tests.drivers.contract import DriverContract
from tests.drivers.made import all_closed, kept
from tests.drivers.mute import HEARD, deaf, mute, relay
from tests.fakes.shell import typed
from tests.real_caddy import RealCaddy, caddy, installed
from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.wire.desk import Hand

__all__ = ["all_closed"]
ALL, NOTHING = Decimal(100), Decimal(0)
KEYS: dict[str, object] = {
    "handler": "id/app", "blue": "127.0.0.1:8001", "green": "127.0.0.1:8002", "timeout": 20,
}  # fmt: skip


def at(url: str, **more: object) -> CaddyDriver:
    return kept(CaddyDriver(CaddyConfig.model_validate({"url": url, **KEYS, **more})))


@dataclass
class CaddyBench:
    caddy: RealCaddy
    driver: CaddyDriver

    def truth(self) -> Decimal:
        blue, green = self.caddy.weights()
        share = Fraction(100 * green, blue + green)
        return round(Decimal(share.numerator) / Decimal(share.denominator), 2)

    def move(self, weight: Decimal) -> None:
        self.caddy.set(100 - int(weight), int(weight))

    def writes(self) -> object:
        return self.caddy.client.get("/id/app").headers["etag"]

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return typed(commands, {})

    @contextmanager
    def nobody(self) -> Iterator[CaddyDriver]:
        yield at("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[CaddyDriver]:
        with mute() as url:
            yield at(url, timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[CaddyDriver]:
        with deaf(self.caddy.url) as url:
            yield at(url, timeout=HEARD)


@pytest.fixture(scope="module", params=installed())
def running(request: pytest.FixtureRequest) -> Iterator[RealCaddy]:
    with caddy(request.param) as started:
        yield started


class TestCaddy(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, running: RealCaddy) -> CaddyBench:
        return CaddyBench(running, at(running.url))


def test_weights_follow_the_upstreams_and_not_the_runbook(running: RealCaddy) -> None:
    """Weights count by position: a list in another order must not turn the sides around."""
    upstreams = [{"dial": "127.0.0.1:8002"}, {"dial": "127.0.0.1:8001"}]
    running.set(1, 0)
    running.patch("/upstreams", upstreams)
    try:
        driver = at(running.url)
        assert driver.observe().weight == 100
        driver.apply(Decimal(25), None)
        assert running.weights() == [1, 3]
        assert "STOP" in typed(driver.manual_commands(ALL), {})[0]
        assert running.weights() == [1, 3]
        assert any("another order" in one.sentence for one in driver.check() if not one.ok)
    finally:
        running.patch("/upstreams", upstreams[::-1])


def test_several_servers_on_a_side_share_its_part(running: RealCaddy) -> None:
    upstreams = [{"dial": f"127.0.0.1:{port}"} for port in (8001, 8002, 8003)]
    running.set(1, 0)
    running.patch("/upstreams", upstreams)
    try:
        with pytest.raises(Permanent, match="give one to each"):
            at(running.url).observe()
        running.set(1, 0, 0)
        driver = at(running.url, blue=["127.0.0.1:8001", "127.0.0.1:8003"])
        driver.apply(Decimal(50), driver.observe().token)
        assert running.weights() == [1, 2, 1]
        running.set(1, 0, 1)
        driver = at(running.url)
        with pytest.raises(Permanent, match=r"127\.0\.0\.1:8003 takes traffic too"):
            driver.apply(Decimal(25), None)
        assert running.weights() == [1, 0, 1]
        assert any(one.what == "upstream 127.0.0.1:8003" for one in driver.check() if not one.ok)
    finally:
        running.set(1, 0)
        running.patch("/upstreams", upstreams[:2])


def test_nothing_keeps_traffic_from_going_back(running: RealCaddy) -> None:
    """A stranger keeps what it has, and BLUE takes over what GREEN had."""
    upstreams = [{"dial": f"127.0.0.1:{port}"} for port in (8001, 8002, 8003)]
    running.set(1, 0)
    running.patch("/upstreams", upstreams)
    running.set(3, 1, 2)
    try:
        at(running.url).apply(NOTHING, None)
        assert running.weights() == [4, 0, 2]
        assert at(running.url).observe().weight == 0
    finally:
        running.set(1, 0)
        running.patch("/upstreams", upstreams[:2])


@pytest.mark.parametrize("policy", ["round_robin", "first"])
def test_another_policy_has_no_weights(running: RealCaddy, policy: str) -> None:
    running.patch("/load_balancing/selection_policy", {"policy": policy})
    try:
        for verb in (at(running.url).observe, lambda: at(running.url).apply(NOTHING, None)):
            with pytest.raises(Permanent, match=f"balances by `{policy}`"):
                verb()
    finally:
        weighted = {"policy": "weighted_round_robin", "weights": [1, 0]}
        running.patch("/load_balancing/selection_policy", weighted)


@pytest.mark.parametrize(
    ("handler", "says"),
    [("id/nobody", "unknown object ID"), ("config/apps/http/servers", "no reverse_proxy")],
)
def test_what_is_no_handler(running: RealCaddy, handler: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        at(running.url, handler=handler).observe()


def test_a_write_in_between_is_a_conflict_for_going_on_and_none_for_going_back(
    running: RealCaddy,
) -> None:
    """Between our read and our write somebody else moves it, once."""
    moves = iter([9, 7])

    def deed(hand: Hand) -> None:
        if hand.command == "PATCH" and (weight := next(moves, None)):
            running.set(weight, 1)
        relay(hand, running.url)

    running.set(1, 0)
    with desk(deed) as between:
        driver = at(between.url)
        with pytest.raises(Conflict):
            driver.apply(ALL, driver.observe().token)
        assert running.weights() == [9, 1]
        driver.apply(NOTHING, None)
    assert running.weights() == [1, 0]


def test_requests_under_way_at_the_side_that_was_left_are_told(running: RealCaddy) -> None:
    running.set(1, 1)
    assert at(running.url).observe().in_flight is None
    running.set(1, 0)
    assert at(running.url).observe().in_flight == 0


def test_a_caddy_that_is_busy_or_lies(running: RealCaddy) -> None:
    def busy(hand: Hand) -> None:
        hand.say(429, b"{}", retry_after="7")

    with desk(busy) as between, pytest.raises(Transient, match="slow down") as told:
        at(between.url).apply(NOTHING, None)
    assert told.value.retry_after == 7

    def lying(hand: Hand) -> None:
        hand.say(200) if hand.command == "PATCH" else relay(hand, running.url)

    running.set(1, 0)
    with desk(lying) as between:
        driver = at(between.url)
        driver.apply(ALL, None)
        assert driver.observe().weight == 0


@pytest.mark.parametrize(
    "more",
    [
        {"handler": "id/../config"},
        {"handler": "/id/app"},
        {"handler": "load"},
        {"handler": "id/a b"},
        {"green": "127.0.0.1:8001"},
        {"green": []},
        {"green": "a'b"},
        {"url": "http://127.0.0.1:2019/?x"},
    ],
)
def test_what_a_runbook_may_not_say(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CaddyConfig.model_validate({"url": "http://127.0.0.1:2019", **KEYS, **more})


def test_a_doctor_says_what_flips_cost_and_who_looks_after_health(running: RealCaddy) -> None:
    running.set(1, 0)
    told = {finding.what: finding for finding in at(running.url).check()}
    assert "loses some of the requests" in told["flips"].sentence
    assert not told["health checks of id/app"].ok
