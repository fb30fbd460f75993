"""nginx as a mirror: everybody is answered by BLUE, and GREEN gets its share of copies."""

from __future__ import annotations

import time
from contextlib import closing
from decimal import Decimal
from functools import partial
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from migrations_app.drivers.nginx import include
from tests.drivers.made import all_closed
from tests.drivers.nginx_build import JS_HTTP, JS_STATUS, STATUS, at, keys
from tests.real_nginx import PATIENCE, RealNginx, installed, nginx, with_njs
from tests.wire.desk import desk

if TYPE_CHECKING:
    from migrations_app.drivers.nginx.driver import NginxDriver
    from tests.wire.desk import Desk, Hand

__all__ = ["all_closed"]
EACH = 60  # requests at every weight
SPLIT_FRONT = """\
        location / { mirror /copy; proxy_pass BLUE; }
        location = /copy {
            internal;
            if ($warroom_app = "") { return 204; }
            proxy_pass http://$warroom_app$request_uri;
        }
"""
JS_FRONT = """\
        location / { set $warroom_route app; mirror /copy; proxy_pass BLUE; }
        location = /copy {
            internal;
            if ($warroom_side != green) { return 204; }
            proxy_pass GREEN$request_uri;
        }
"""


@pytest.mark.parametrize("binary", installed())
def test_an_include_copies_its_share(binary: str) -> None:
    with desk(partial(_signed, b"blue")) as blue, desk(partial(_signed, b"green")) as green:
        sides = {"green": green.url.removeprefix("http://"), "blue": "none", "moves": "mirror"}
        begin = include.text(keys(None, "split_clients", **sides), Decimal(0))
        front = SPLIT_FRONT.replace("BLUE", blue.url)
        with nginx(
            binary, begin, http="    include {include};", front_server=front, status_server=STATUS
        ) as running:
            _judge(running, at(running, "split_clients", **sides), green)


@pytest.mark.parametrize("binary", with_njs())
def test_njs_copies_its_share(binary: str) -> None:
    with desk(partial(_signed, b"blue")) as blue, desk(partial(_signed, b"green")) as green:
        front = JS_FRONT.replace("BLUE", blue.url).replace("GREEN", green.url)
        with nginx(
            binary, "", http=JS_HTTP, front_server=front, status_server=JS_STATUS
        ) as running:
            _judge(running, at(running, "njs", moves="mirror"), green)


def _judge(running: RealNginx, driver: NginxDriver, green: Desk) -> None:
    for weight in (0, 50, 100):
        driver.apply(Decimal(weight), None)
        assert {_answer(running, f"/{weight}") for _ in range(EACH)} == {"blue"}
    assert _copies(green, "/100", EACH) == EACH
    assert 10 <= _copies(green, "/50") <= 50
    assert _copies(green, "/0") == 0


def _signed(name: bytes, hand: Hand) -> None:
    hand.say(200, name)


def _answer(running: RealNginx, path: str) -> str:
    with closing(HTTPConnection("127.0.0.1", running.front, timeout=PATIENCE)) as link:
        link.request("GET", path)
        return link.getresponse().read().decode()


def _copies(green: Desk, path: str, least: int = 0) -> int:
    """Copies arrive when they like: how many there are, once there are enough."""
    until = time.monotonic() + PATIENCE
    while True:
        found = sum(one.path == path for one in green.heard)
        if found >= least or time.monotonic() > until:
            return found
        time.sleep(0.01)
