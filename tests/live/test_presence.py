"""Who is in front of a room: said once a round and at once on coming, seen by all, fading."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.actions.presence import seen
from migrations_app.domain.presence import FADES_AFTER
from migrations_app.domain.presence import Presence as How
from migrations_app.live import hub as hubs
from migrations_app.live.attendance import ROUND_S, Attendance
from migrations_app.models import Membership, Presence
from migrations_app.models.clock import db_now
from migrations_app.reads.pulse import pulses
from migrations_app.reads.room import room
from migrations_app.web.regions import scene
from tests.live.build import Browser, World, house, played, until
from tests.web import build

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from migrations_app.reads.room.people import PersonView
    from tests.live.conftest import Server

Here = tuple[int, int]
PAIRS = st.tuples(st.integers(1, 2), st.integers(1, 3))


@given(st.lists(st.tuples(st.frozensets(PAIRS), st.floats(0.1, 20)), max_size=20))
def test_everybody_is_told_of_within_a_round_and_nobody_who_left_before(
    story: list[tuple[frozenset[Here], float]],
) -> None:
    attendance, now, last = Attendance(), 0.0, dict[Here, float]()
    before: frozenset[Here] = frozenset()
    for here, pause in story:
        for one in here - before:
            attendance.came(one)
        for one in attendance.due(lambda here=here: here, now):  # type: ignore[misc]  # bound now
            assert one in here
            last[one] = now
        assert all(now - last[one] < ROUND_S for one in here)
        before, now = here, now + pause


def test_what_could_not_be_told_is_told_at_the_next_chance() -> None:
    attendance = Attendance()
    assert attendance.due(lambda: [(1, 1)], 0.0) == {(1, 1)}
    assert attendance.due(lambda: [(1, 1)], 1.0) == set()
    attendance.lost()
    assert attendance.due(lambda: [(1, 1)], 2.0) == {(1, 1)}


def test_many_windows_of_one_person_are_one_person_told_of_once() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        crowd = [Browser(app, user=user % 3).come() for user in range(30)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        await hub.attend()
        await hub.attend()
        assert world.present == [{(7, 0), (7, 1), (7, 2)}]
        late = Browser(app, user=9).come()
        await late.until("event: beat")
        await hub.attend()
        assert world.present[1:] == [{(7, 9)}]
        hub.stop()

    played(story)


def test_a_database_that_is_away_is_told_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "ATTEND_S", 0.01)

    async def story() -> None:
        world = World(broken=frozenset({"seen"}))
        app, hub = house(world)
        one = Browser(app).come()
        await one.until("event: beat")
        await until(lambda: world.asked["seen"] > 2)
        assert world.present == []
        world.broken = frozenset()
        await until(lambda: world.present)
        assert world.present[0] == {(7, 1)}
        hub.stop()

    played(story)


def person(one: build.World, name: str) -> PersonView:
    [found] = [view for view in room(one.run_id).people if view.name == name]
    return found


def pulse(one: build.World) -> str:
    return pulses([one.run_id])[one.run_id][1]


def faded(one: build.World, name: str) -> None:
    Presence.objects.filter(user=one.users[name]).update(at=db_now() - FADES_AFTER)


@pytest.mark.django_db
def test_here_then_away_and_others_never() -> None:
    one = build.ready()
    seen([(one.run_id, one.users["ana"].pk)])
    assert person(one, "ana").presence is How.HERE
    assert person(one, "ana").away_since is None
    assert person(one, "ravi").presence is How.NEVER
    faded(one, "ana")
    ana = person(one, "ana")
    assert ana.presence is How.AWAY
    assert ana.away_since is not None
    seen([(one.run_id, one.users["ana"].pk)])
    assert person(one, "ana").here


@pytest.mark.django_db
def test_it_is_two_queries_however_many_are_here(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one = build.ready()
    crowd = [(one.run_id, user.pk) for user in one.users.values()]
    with django_assert_num_queries(2):
        seen(crowd)
    with django_assert_num_queries(2):
        seen([*crowd, (one.run_id, 10**6), (10**6, one.users["ana"].pk)])


@pytest.mark.django_db
def test_who_only_watches_or_has_no_role_leaves_no_trace() -> None:
    one = build.ready()
    seen([(one.run_id, user.pk) for user in one.users.values()])
    names = set(Presence.objects.values_list("user__username", flat=True))
    assert names == {"ana", "ravi", "lena", "kim"}
    Membership.objects.filter(user=one.users["kim"]).delete()
    before = Presence.objects.get(user=one.users["kim"]).at
    seen([(one.run_id, one.users["kim"].pk)])
    assert Presence.objects.get(user=one.users["kim"]).at == before


@pytest.mark.django_db
def test_coming_and_fading_is_a_change_of_the_room_and_being_seen_again_is_none() -> None:
    one = build.ready()
    empty = pulse(one)
    seen([(one.run_id, one.users["ana"].pk)])
    here, shown = pulse(one), scene(one.run_id).regions["people"]
    assert here != empty
    Presence.objects.update(at=db_now() - timedelta(seconds=20))
    assert pulse(one) == here
    seen([(one.run_id, one.users["ana"].pk)])
    assert (pulse(one), scene(one.run_id).regions["people"]) == (here, shown)
    seen([(one.run_id, one.users["ravi"].pk)])
    both = pulse(one)
    faded(one, "ana")
    assert pulse(one) not in {empty, here, both}
    faded(one, "ravi")
    assert pulse(one) == empty


@pytest.mark.django_db
def test_presence_before_one_run_is_none_before_another() -> None:
    one, other = build.ready(), build.ready()
    seen([(one.run_id, one.users["ana"].pk)])
    assert person(other, "ana").presence is How.NEVER


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_stream_is_being_here_until_its_process_dies(server: Server) -> None:
    one = build.ready()
    ana = one.users["ana"]
    with (
        server.browser(ana) as browser,
        browser.stream("GET", f"/runs/{one.run_id}/stream") as stream,
    ):
        assert stream.status_code == 200
        deadline = time.monotonic() + 30
        while not person(one, "ana").here:
            assert time.monotonic() < deadline, "nobody was told that she is here"
            time.sleep(0.05)
        server.kill()
    assert person(one, "ana").here
    faded(one, "ana")
    assert person(one, "ana").presence is How.AWAY
