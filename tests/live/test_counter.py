"""The counter: what leaves it, what it lets through, and what it never waits for."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from migrations_app.live import counter as counters
from migrations_app.live import shelf as shelves
from tests.live.build import played
from tests.live.shelves import NOT_FOUND, Desk, House

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    one = Desk(tmp_path / "mirror")
    one.publish("p-orders", "calm")
    return one


def test_a_page_goes_out_with_all_that_is_said_of_it(desk: Desk) -> None:
    async def story() -> None:
        house = House(desk.shelf())
        answer = await house.ask("/p-orders/")
        assert (answer.status, answer.body) == (HTTPStatus.OK, b"calm")
        assert answer.headers["content-length"] == "4"
        assert answer.headers["cache-control"] == counters.LISTED
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "x-robots-tag" not in answer.headers
        assert (await house.ask("/p-orders/status.json")).body == b'"calm"'
        assert house.let_through == []

    played(story)


def test_a_page_behind_a_link_is_kept_and_found_by_nobody(desk: Desk) -> None:
    async def story() -> None:
        desk.publish("p-link", "calm", listed=False)
        answer = await House(desk.shelf()).ask("/p-link/")
        assert answer.headers["cache-control"] == counters.UNLISTED
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"

    played(story)


def test_head_tells_everything_but_the_page(desk: Desk) -> None:
    async def story() -> None:
        house = House(desk.shelf())
        page, head = await house.ask("/p-orders/"), await house.ask("/p-orders/", "HEAD")
        assert head.headers == page.headers
        assert (head.status, head.body) == (HTTPStatus.OK, b"")

    played(story)


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_who_has_it_already_is_told_so(desk: Desk, tag: str) -> None:
    async def story() -> None:
        house = House(desk.shelf())
        etag = (await house.ask("/p-orders/")).headers["etag"]
        for method in ("GET", "HEAD"):
            asked = tag.format(etag.strip('"'))
            answer = await house.ask("/p-orders/", method, if_none_match=asked)
            assert (answer.status, answer.body) == (HTTPStatus.NOT_MODIFIED, b"")
            assert answer.headers["etag"] == etag
            assert "content-length" not in answer.headers

    played(story)


@pytest.mark.parametrize("tag", ['"other"', '""', 'W/"x"', ","])
def test_who_has_something_else_gets_the_page(desk: Desk, tag: str) -> None:
    async def story() -> None:
        answer = await House(desk.shelf()).ask("/p-orders/", if_none_match=tag)
        assert (answer.status, answer.body) == (HTTPStatus.OK, b"calm")

    played(story)


def test_an_unknown_address_and_a_link_that_is_over_look_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)
    monkeypatch.setattr(counters, "MEANWHILE_S", -1.0)

    async def story() -> None:
        house = House(desk.shelf())
        assert (await house.ask("/p-orders/")).status == HTTPStatus.OK
        del desk.pages["p-orders"]
        over, unknown = await house.ask("/p-orders/"), await house.ask("/p-unknown/")
        assert over == unknown
        assert (over.status, over.body) == (HTTPStatus.NOT_FOUND, NOT_FOUND)
        assert desk.asked == {"p-orders": 2, "p-unknown": 1}

    played(story)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_happens_here(desk: Desk, method: str) -> None:
    async def story() -> None:
        house = House(desk.shelf())
        await house.ask("/p-orders/", method)
        assert house.let_through == [(method, "/p-orders/")]
        assert not desk.asked

    played(story)


def test_everything_else_goes_on_to_the_application(desk: Desk) -> None:
    async def story() -> None:
        house = House(desk.shelf())
        assert (await house.ask("/runs/7/")).body == NOT_FOUND
        assert house.let_through == [("GET", "/runs/7/")]
        assert not desk.asked

    played(story)


def test_a_storm_asks_once(desk: Desk) -> None:
    """However few threads there are to ask from, and whichever form is wanted."""

    async def story() -> None:
        house = House(desk.shelf())
        desk.answers.clear()
        forms = ["", "status.json"] * 500
        crowd = [asyncio.create_task(house.ask(f"/p-orders/{form}")) for form in forms]
        await asyncio.sleep(0)
        desk.answers.set()
        answers = await asyncio.gather(*crowd)
        assert {answer.status for answer in answers} == {HTTPStatus.OK}
        assert desk.asked == {"p-orders": 1}
        assert desk.drawn == {"calm": 1}

    played(story)


def test_nobody_waits_for_a_database_that_hangs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)

    async def story() -> None:
        house = House(desk.shelf())
        await house.ask("/p-orders/")
        desk.answers.clear()
        guesses = [asyncio.create_task(house.ask(f"/p-{number}/")) for number in range(100)]
        crowd = await asyncio.gather(*(house.ask("/p-orders/") for _ in range(100)))
        assert {answer.body for answer in crowd} == {b"calm"}
        desk.answers.set()
        assert {answer.status for answer in await asyncio.gather(*guesses)} == {404}

    played(story)


def test_what_is_older_than_the_bound_is_looked_up_before_it_is_served(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)
    monkeypatch.setattr(counters, "MEANWHILE_S", -1.0)

    async def story() -> None:
        house = House(desk.shelf())
        await house.ask("/p-orders/")
        desk.publish("p-orders", "moved")
        assert (await house.ask("/p-orders/")).body == b"moved"

    played(story)


def test_what_was_served_meanwhile_is_followed_by_the_new(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)

    async def story() -> None:
        house = House(desk.shelf())
        await house.ask("/p-orders/")
        desk.publish("p-orders", "moved")
        assert (await house.ask("/p-orders/")).body == b"calm"
        await asyncio.gather(*house.counter._asking.values())
        assert (await house.ask("/p-orders/")).body == b"moved"

    played(story)


def test_a_page_that_is_evicted_while_it_is_looked_up_is_looked_up_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "KEPT", 0)

    async def story() -> None:
        house = House(desk.shelf())
        html, json = await asyncio.gather(
            house.ask("/p-orders/"), house.ask("/p-orders/status.json")
        )
        assert (html.body, json.body) == (b"calm", b'"calm"')

    played(story)


def test_while_the_database_is_away_the_last_truth_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)
    monkeypatch.setattr(counters, "MEANWHILE_S", -1.0)

    async def story() -> None:
        house = House(desk.shelf())
        etag = (await house.ask("/p-orders/")).headers["etag"]
        desk.away = True
        answer = await house.ask("/p-orders/", if_none_match=etag)
        assert answer.status == HTTPStatus.OK  # it says something else now: its age
        assert answer.body.startswith(b"calm, as of ")
        again = await house.ask("/p-orders/", if_none_match=answer.headers["etag"])
        assert again.status == HTTPStatus.NOT_MODIFIED

    played(story)


def test_what_is_not_at_hand_then_is_said_to_be_away(desk: Desk) -> None:
    async def story() -> None:
        desk.away = True
        house = House(desk.shelf())
        answer = await house.ask("/p-orders/")
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert answer.headers["retry-after"] == "30"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert house.let_through == []

    played(story)
