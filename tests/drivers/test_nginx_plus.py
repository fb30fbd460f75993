"""NGINX Plus: the driver contract against a server that refuses as the documentation says."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from migrations_app.drivers.nginx.plus.config import PlusConfig
from migrations_app.drivers.nginx.plus.driver import PlusDriver
from tests.drivers.build import SOON
from tests.drivers.contract import DriverContract
from tests.drivers.made import all_closed, kept
from tests.drivers.mute import HEARD, mute
from tests.fakes.nginx_plus import NginxPlus, Server, nginx_plus
from tests.fakes.shell import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["all_closed"]
ALL, NOTHING = Decimal(100), Decimal(0)
BLUE, GREEN = "10.0.0.1:8080", "10.0.0.2:8080"
KEYS: dict[str, Any] = {"upstream": "app", "blue": BLUE, "green": GREEN, "timeout": 20}


def at(url: str, **more: object) -> PlusDriver:
    return kept(PlusDriver(PlusConfig.model_validate({"url": url, **KEYS, **more})))


@dataclass
class PlusBench:
    plus: NginxPlus
    more: dict[str, Any]
    driver: PlusDriver = field(init=False)

    def __post_init__(self) -> None:
        self.driver = at(self.plus.url, **self.more)

    def truth(self) -> Decimal:
        blue, green = (self._taken(address) for address in (BLUE, GREEN))
        share = Fraction(100 * green, blue + green)
        return round(Decimal(share.numerator) / Decimal(share.denominator), 2)

    def _taken(self, address: str) -> int:
        server = self.plus.of(address)
        return 0 if server.down or server.drain else server.weight

    def move(self, weight: Decimal) -> None:
        for address, part in ((GREEN, int(weight)), (BLUE, 100 - int(weight))):
            server = self.plus.of(address)
            server.weight, server.down, server.drain = part or server.weight, not part, False

    def writes(self) -> object:
        return list(self.plus.log)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return typed(commands, {"PASSWORD": "s3cret $x", "TOKEN": "t0ken"})

    @contextmanager
    def nobody(self) -> Iterator[PlusDriver]:
        yield at("http://127.0.0.1:1/api", **self.more)

    @contextmanager
    def mute(self) -> Iterator[PlusDriver]:
        with mute() as url:
            yield at(url, timeout=SOON, **self.more)

    @contextmanager
    def unheard(self) -> Iterator[PlusDriver]:
        self.plus.deaf = True
        try:
            yield at(self.plus.url, timeout=HEARD, **self.more)
        finally:
            self.plus.deaf = False


WAYS: dict[str, dict[str, Any]] = {
    "down": {"auth": {"basic": {"username": "it's us", "password": "s3cret $x"}}},
    "drain": {"leave": "drain", "auth": {"bearer": "t0ken"}},
}
LOGIN = {"down": "Basic aXQncyB1czpzM2NyZXQgJHg=", "drain": "Bearer t0ken"}


class TestNginxPlusOnAFake(DriverContract):
    @pytest.fixture(scope="class", params=WAYS)
    @classmethod
    def bench(cls, request: pytest.FixtureRequest) -> Iterator[PlusBench]:
        with nginx_plus(login=LOGIN[request.param]) as plus:
            yield PlusBench(plus, WAYS[request.param])


@pytest.fixture
def plus() -> Iterator[NginxPlus]:
    with nginx_plus() as plane:
        yield plane


def test_ids_that_a_reload_gave_anew_are_looked_up(plus: NginxPlus) -> None:
    driver = at(plus.url)
    driver.observe()
    plus.reload()
    driver.apply(ALL, None)
    assert [address for address, _ in plus.log] == [GREEN, BLUE]
    assert driver.observe().weight == 100


def test_raises_before_it_lowers(plus: NginxPlus) -> None:
    """The server asserts after every change that somebody would answer."""
    for weight in (ALL, NOTHING, Decimal(50), ALL, Decimal("0.01"), NOTHING):
        at(plus.url).apply(weight, None)
    assert plus.log[-1] == (GREEN, {"down": True})


def test_several_servers_share_their_sides_part() -> None:
    servers = [Server(BLUE, 0), Server("10.0.0.3:80", 1), Server(GREEN, 2, down=True)]
    with nginx_plus(servers=servers) as plus:
        driver = at(plus.url, blue=[BLUE, "10.0.0.3:80"])
        driver.apply(Decimal(50), None)
        assert [one.weight for one in plus.servers] == [1, 1, 2]
        with pytest.raises(Permanent, match=r"10\.0\.0\.3:80 in upstream app takes traffic too"):
            at(plus.url).apply(Decimal(25), None)


def test_nothing_keeps_traffic_from_going_back() -> None:
    """A stranger keeps what it has, and BLUE takes over what GREEN had."""
    servers = [Server(BLUE, 0, 3), Server(GREEN, 1, 1), Server("10.0.0.3:80", 2, 2)]
    with nginx_plus(servers=servers) as plus:
        at(plus.url).apply(NOTHING, None)
        assert [(one.weight, one.down) for one in servers] == [(4, False), (1, True), (2, False)]
        assert at(plus.url).observe().weight == 0
        assert [one.what for one in at(plus.url).check() if not one.ok] == ["server 10.0.0.3:80"]


def test_draining_by_another_hand_is_ended(plus: NginxPlus) -> None:
    plus.of(GREEN).down, plus.of(GREEN).drain = False, True
    at(plus.url).apply(Decimal(50), None)
    assert plus.of(GREEN).state == "up"


def test_connections_of_the_side_that_was_left(plus: NginxPlus) -> None:
    plus.of(GREEN).active = 7
    assert at(plus.url).observe().in_flight == 7
    at(plus.url).apply(Decimal(50), None)
    assert at(plus.url).observe().in_flight is None


def test_no_flip_is_confirmed_while_nobody_is_well(plus: NginxPlus) -> None:
    plus.of(BLUE).ill = "unhealthy"
    with pytest.raises(Transient, match="no server is well"):
        at(plus.url).observe()
    assert [one.what for one in at(plus.url).check() if not one.ok] == [f"server {BLUE}"]


def test_where_every_server_is_down_the_weight_is_nobodys(plus: NginxPlus) -> None:
    plus.of(BLUE).down = True
    assert at(plus.url).observe().weight == Decimal("0.01")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"static": True}, "upstream is static"),
        ({"writable": False}, "method disabled"),
        ({"login": "Bearer x"}, "not logged in"),
    ],
)
def test_what_it_refuses_nothing_has_happened(given: dict[str, Any], says: str) -> None:
    with nginx_plus(**given) as plus:
        with pytest.raises(Permanent, match=says):
            at(plus.url).apply(ALL, None)
        assert plus.log == []


def test_a_refusal_after_an_earlier_change_is_unknown(plus: NginxPlus) -> None:
    plus.of(GREEN).immutable = True
    with pytest.raises(UnknownOutcome, match=rf"immutable.*Before that, {BLUE} had been set"):
        at(plus.url).apply(Decimal(50), None)


@pytest.mark.parametrize("more", [{"upstream": "other"}, {"green": "10.0.0.9:80"}, {"version": 12}])
def test_what_is_not_there(plus: NginxPlus, more: dict[str, Any]) -> None:
    with pytest.raises(Permanent):
        at(plus.url, **more).observe()


def test_one_that_is_busy_and_one_that_lies(plus: NginxPlus) -> None:
    plus.lying = True
    at(plus.url).apply(ALL, None)
    assert at(plus.url).observe().weight == 0
    plus.busy = True
    with pytest.raises(Transient, match="slow down") as told:
        at(plus.url).apply(ALL, None)
    assert told.value.retry_after == 3


@pytest.mark.parametrize(
    "more",
    [
        {"upstream": ".."},
        {"upstream": "a/b"},
        {"upstream": "a b"},
        {"green": BLUE},
        {"green": 'x"; y'},
        {"green": []},
        {"leave": "kill"},
        {"version": 2},
    ],
)
def test_what_a_runbook_may_not_say(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PlusConfig.model_validate({"url": "https://lb.example/api", **KEYS, **more})
