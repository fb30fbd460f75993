"""Coming back: without an ordinary request, but never past the question whether one still may."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from migrations_app.live.eyes import Ticket
from migrations_app.models import Membership
from migrations_app.web.live import allowed
from migrations_app.web.stream import AGAIN, remembered
from tests.live.build import ALL, REQUESTS, Browser, World, house, played
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Callable


def test_everybody_comes_back_at_once_with_one_question() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        REQUESTS.clear()
        crowd = [Browser(app, user=user, again=True).come() for user in range(300)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        assert world.asked["allowed"] <= 3
        assert sum(REQUESTS.values()) == 0
        assert crowd[0].started is not None
        assert dict(crowd[0].started["headers"])[b"content-type"].startswith(b"text/event-stream")
        hub.stop()

    played(story)


def test_who_may_no_longer_come_back_so_is_asked_in_the_ordinary_way() -> None:
    async def story() -> None:
        world = World(allowed=lambda ticket: ticket.user_id != 2)
        app, hub = house(world)
        REQUESTS.clear()
        crowd = [Browser(app, user=user, again=True).come() for user in (1, 2)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        assert dict(REQUESTS) == {2: 1}
        hub.stop()

    played(story)


def test_a_database_that_is_away_lets_nobody_in_this_way() -> None:
    async def story() -> None:
        world = World(broken=ALL)
        app, hub = house(world)
        REQUESTS.clear()
        one = Browser(app, again=True).come()
        await one.until("retry: ")
        assert REQUESTS[1] == 1
        hub.stop()

    played(story)


def came_in(one: build.World, name: str) -> tuple[Client, dict[str, Any]]:
    """A browser that was authorised once, and the scope of its next connection."""
    client = Client()
    client.force_login(one.users[name])
    path = f"/runs/{one.run_id}/stream"
    cookie = client.get(path).cookies[AGAIN]
    assert cookie["path"] == path
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    sent = f"sessionid={client.cookies['sessionid'].value}; {AGAIN}={cookie.value}"
    return client, {"path": path, "headers": [(b"cookie", sent.encode())]}


def still(scope: dict[str, Any]) -> bool:
    ticket = remembered(scope)
    return ticket is not None and ticket in allowed([ticket])


@pytest.mark.django_db
def test_a_browser_that_was_here_is_remembered() -> None:
    one = build.world()
    _, scope = came_in(one, "otto")
    ticket = remembered(scope)
    assert ticket is not None
    assert (ticket.run_id, ticket.user_id) == (one.run_id, one.users["otto"].pk)
    assert still(scope)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "taken",
    [
        lambda otto, _: Membership.objects.filter(user=otto).delete(),
        lambda otto, _: User.objects.filter(pk=otto.pk).update(is_active=False),
        lambda otto, _: User.objects.filter(pk=otto.pk).update(password="another"),
        lambda _, client: client.logout(),
    ],
    ids=["role", "person", "password", "session"],
)
def test_what_was_taken_away_meanwhile_counts(taken: Callable[[User, Client], object]) -> None:
    one = build.world()
    client, scope = came_in(one, "otto")
    taken(one.users["otto"], client)
    assert not still(scope)


@pytest.mark.django_db
def test_a_session_that_ran_out_counts_too() -> None:
    _, scope = came_in(build.world(), "otto")
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    assert not still(scope)


@pytest.mark.django_db
def test_the_cookie_opens_its_own_stream_only() -> None:
    one, other = build.world(), build.world()
    _, scope = came_in(one, "otto")
    assert remembered(scope | {"path": f"/runs/{other.run_id}/stream"}) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [b"", b"warroom-stream", b"warroom-stream=x", b"warroom-stream=WzEsMV0:x:y", b"\xff\xfe"],
)
def test_a_forged_cookie_is_no_cookie(header: bytes) -> None:
    one = build.world()
    scope = {"path": f"/runs/{one.run_id}/stream", "headers": [(b"cookie", header)]}
    assert remembered(scope) is None


def test_a_ticket_does_not_show_its_secrets() -> None:
    shown = repr(Ticket(7, 1, "the-session", "the-proof"))
    assert "the-session" not in shown
    assert "the-proof" not in shown


@pytest.mark.django_db
def test_the_question_costs_the_same_for_many(django_assert_num_queries: Any) -> None:
    one = build.world()
    tickets = [remembered(came_in(one, name)[1]) for name in build.PEOPLE]
    with django_assert_num_queries(2):
        assert len(allowed([ticket for ticket in tickets if ticket])) == len(build.PEOPLE)
