"""Our njs by itself: who is on which side, what it refuses, and what survives what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.domain.errors import (
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
)
from tests.drivers.made import all_closed
from tests.drivers.nginx_build import JS_HTTP, JS_STATUS, at
from tests.real_nginx import RealNginx, nginx, with_njs
from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

__all__ = ["all_closed"]
FRONT = """\
        location / {
            set $warroom_route app;
            set $warroom_key $http_x_user;
            return 200 $warroom_side;
        }
        location = /copied {
            set $warroom_route other;
            return 200 $warroom_side;
        }
"""


@pytest.fixture(scope="module", params=with_njs())
def running(request: pytest.FixtureRequest) -> Iterator[RealNginx]:
    with nginx(request.param, "", http=JS_HTTP, front_server=FRONT, status_server=JS_STATUS) as one:
        yield one


@pytest.fixture(scope="module")
def client(running: RealNginx) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{running.front}", trust_env=False) as one:
        yield one


def on_green(client: httpx.Client, users: int) -> set[int]:
    return {
        user
        for user in range(users)
        if client.get("/", headers={"x-user": f"user-{user}"}).text == "green"
    }


def test_whoever_was_on_green_stays_while_its_share_grows(
    running: RealNginx, client: httpx.Client
) -> None:
    driver = at(running, "njs")
    seen: set[int] = set()
    for weight in (0, 10, 25, 50, 100):
        driver.apply(Decimal(weight), None)
        now = on_green(client, 300)
        assert seen <= now
        assert abs(len(now) - 3 * weight) <= (0 if weight in {0, 100} else 45)
        seen = now


def test_routes_are_apart(running: RealNginx, client: httpx.Client) -> None:
    at(running, "njs").apply(Decimal(0), None)
    other = running.status.replace("/app", "/other")
    at(running, "njs", url=other, name="other").apply(Decimal(100), None)
    assert client.get("/copied").text == "green"
    assert client.get("/").text == "blue"
    with pytest.raises(Permanent, match="keeps the route 'other', not 'app'"):
        at(running, "njs", url=other).observe()


def test_a_reload_keeps_the_share(running: RealNginx) -> None:
    at(running, "njs").apply(Decimal("12.34"), None)
    old = running.workers()
    running.load("# another file, so that there is something to load\n")
    assert not running.workers() & old
    assert at(running, "njs").observe().weight == Decimal("12.34")


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "5", '{"weight": 5}', '{"weight": "101"}', '{"weight": "-1"}',
     '{"weight": "1.234"}', '{"weight": "1e1"}', '{"weight": ""}'],
)  # fmt: skip
def test_it_takes_nothing_else_than_weights(running: RealNginx, body: str) -> None:
    before = running.says()
    answer = httpx.put(running.status, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert running.says() == before
    assert httpx.post(running.status).status_code == 405


def test_one_of_many_who_saw_the_same_wins(running: RealNginx) -> None:
    driver = at(running, "njs")
    driver.apply(Decimal(0), None)
    token = driver.observe().token
    driver.apply(Decimal(10), token)
    for weight in (20, 30):
        with pytest.raises(Conflict, match="changed it since"):
            driver.apply(Decimal(weight), token)
    assert driver.observe().weight == 10


def test_many_at_once_with_the_same_token_let_one_through(running: RealNginx) -> None:
    driver = at(running, "njs")
    for _ in range(10):
        token = driver.observe().token

        def taken(weight: int, token: str | None = token) -> bool:
            try:
                driver.apply(Decimal(weight), token)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(taken, range(1, 5))) == 1


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [(401, Permanent, "not logged in"), (403, Permanent, "may not do that"),
     (429, Transient, "slow down"), (409, Conflict, "409"), (500, UnknownOutcome, "500")],
)  # fmt: skip
def test_what_a_refusal_means(
    running: RealNginx, status: int, kind: type[SeamError], says: str
) -> None:
    refusal = desk(lambda hand: hand.say(status, b"", retry_after="4"))
    with refusal as refusing, pytest.raises(kind, match=says) as told:
        at(running, "njs", url=refusing.url).apply(Decimal(0), None)
    assert getattr(told.value, "retry_after", None) == (4 if status == 429 else None)


def test_one_that_says_yes_and_does_nothing_is_found_out(running: RealNginx) -> None:
    at(running, "njs").apply(Decimal(0), None)

    def lying(hand: Hand) -> None:
        hand.say(200) if hand.command == "PUT" else hand.say(200, running.says().encode())

    with desk(lying) as between:
        driver = at(running, "njs", url=between.url)
        driver.apply(Decimal(100), None)
        assert driver.observe().weight == 0


def test_what_answers_otherwise_is_not_ours(running: RealNginx) -> None:
    with pytest.raises(Permanent, match="does not answer as"):
        at(running, "njs", url=f"http://127.0.0.1:{running.front}/").observe()


def test_the_doctor_says_what_a_restart_does(running: RealNginx) -> None:
    findings = at(running, "njs").check()
    assert all(finding.ok for finding in findings)
    assert any("restart" in finding.sentence for finding in findings)
