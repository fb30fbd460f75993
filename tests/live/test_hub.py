"""The hub: everybody gets the same, nobody misses anything, and the slow hold up nobody."""

from __future__ import annotations

import asyncio

import pytest

from migrations_app.live import hub as hubs
from migrations_app.live import topic as topics
from tests.live.build import ALL, Browser, World, house, played, until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "POLL_S", 0.05)


def test_a_stream_begins_with_everything_and_keeps_the_applications_headers() -> None:
    async def story() -> None:
        app, hub = house(World())
        one = Browser(app).come()
        text = await one.until("event: beat")
        assert text.startswith("retry: ")
        assert "event: banner\ndata: gate\n" in text
        assert one.started is not None
        headers = dict(one.started["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert headers[b"content-encoding"] == b"identity"
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"x-frame-options"] == b"DENY"
        assert not {b"X-Hold-Stream", b"content-length"} & set(headers)
        await one.leave()
        assert hub.viewers == []
        hub.stop()

    played(story)


@pytest.mark.parametrize("header", [True, False])
def test_who_has_seen_it_all_is_sent_the_clock_only(header: bool) -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        seen = world.eyes.scene(7).id
        one = Browser(app, seen=seen, header=header).come()
        assert "event: banner" not in await one.until("event: beat")
        await one.leave()
        hub.stop()

    played(story)


def test_two_hundred_viewers_share_one_drawing_and_one_set_of_bytes() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        crowd = [Browser(app, user=user).come() for user in range(200)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        drawn = world.asked["scene"]
        world.change(gate="open")
        hub.heard(7, "event")
        await asyncio.gather(*(one.until("data: open") for one in crowd))
        assert world.asked["scene"] == drawn + 1
        newest = [next(f for f in one.frames if b"data: open" in f) for one in crowd]
        assert all(frame is newest[0] for frame in newest)
        assert b"banner" not in newest[0]
        hub.stop()
        await asyncio.gather(*(one.gone() for one in crowd))

    played(story)


def test_a_storm_of_newcomers_is_drawn_for_once() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        first = Browser(app).come()
        await first.until("event: beat")
        drawn = world.asked["scene"]
        crowd = [Browser(app, user=user).come() for user in range(300)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        assert world.asked["scene"] <= drawn + 1
        hub.stop()

    played(story)


def test_what_the_bell_did_not_say_the_poll_finds() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        one = Browser(app).come()
        await one.until("data: waiting")
        world.change(gate="open")
        await one.until("data: open")
        hub.stop()

    played(story)


def test_a_database_that_is_away_ends_no_stream_and_is_told_by_the_clock() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        one = Browser(app).come()
        await one.until("data: waiting")
        world.broken = ALL
        hub.heard(7, "event")
        await until(lambda: world.asked["scene"] > 1)
        world.change(gate="open")
        world.broken = frozenset()
        await one.until("data: open")
        assert not one.ended
        hub.stop()

    played(story)


def test_a_drawing_that_failed_is_tried_again_though_nothing_else_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topics, "_AGAIN_S", 0.01)
    monkeypatch.setattr(hubs, "BEAT_S", 1000.0)  # it would try again, too

    async def story() -> None:
        world = World()
        app, hub = house(world)
        one = Browser(app).come()
        await one.until("data: waiting")
        world.broken = frozenset({"scene"})
        world.change(gate="open")
        seen = world.asked["pulses"]
        await until(lambda: world.asked["pulses"] > seen + 2)
        world.broken = frozenset()
        await one.until("data: open")
        hub.stop()

    played(story)


def test_a_connection_that_the_server_gives_up_is_forgotten() -> None:
    async def story() -> None:
        app, hub = house(World())
        one = Browser(app).come()
        await one.until("event: beat")
        await one.drop()
        assert hub.viewers == []
        hub.stop()

    played(story)


def test_a_slow_viewer_gets_one_resync_and_delays_nobody() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        slow, quick = Browser(app, user=1).come(), Browser(app, user=2).come()
        await asyncio.gather(slow.until("event: beat"), quick.until("event: beat"))
        slow.stall()
        for number in range(5):
            world.change(gate=f"step {number}")
            hub.heard(7, "event")
            await quick.until(f"data: step {number}")
        slow.read_on()
        text = await slow.until("data: step 4")
        assert "data: step 0" in text  # the frame that was stuck
        assert not [number for number in (1, 2, 3) if f"data: step {number}\n" in text]
        assert text.count("data: step 4\n") == 1
        world.change(gate="step 5")
        hub.heard(7, "event")
        await slow.until("data: step 5")
        hub.stop()

    played(story)


def test_who_stays_behind_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "BEHIND_S", 0.0)

    async def story() -> None:
        world = World()
        app, hub = house(world)
        slow, quick = Browser(app, user=1).come(), Browser(app, user=2).come()
        await asyncio.gather(slow.until("event: beat"), quick.until("event: beat"))
        slow.stall()
        world.change(gate="open")
        hub.heard(7, "event")
        await quick.until("data: open")
        await hub.beat()
        await slow.gone()
        assert [viewer.ticket.user_id for viewer in hub.viewers] == [2]
        assert not quick.ended
        hub.stop()

    played(story)


def test_access_is_asked_once_for_all_and_revoked_for_one() -> None:
    async def story() -> None:
        world = World(allowed=lambda ticket: ticket.user_id != 3)
        app, hub = house(world)
        crowd = [Browser(app, user=user).come() for user in range(1, 6)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        await hub.recheck()
        assert world.asked["allowed"] == 1
        await crowd[2].gone()
        assert crowd[2].text.endswith(
            "event: closed\ndata: Your access to this room has ended.\n\n"
        )
        assert sum(one.ended for one in crowd) == 1
        hub.stop()

    played(story)


def test_stopping_ends_every_stream_and_refuses_new_ones() -> None:
    async def story() -> None:
        app, hub = house(World())
        crowd = [Browser(app, user=user).come() for user in range(20)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        hub.stop()
        await asyncio.gather(*(one.gone() for one in crowd))
        assert all(one.ended for one in crowd)
        for again in (False, True):
            late = Browser(app, again=again).come()
            await late.gone()
            assert late.ended
        assert hub.viewers == []

    played(story)


def test_a_run_without_viewers_costs_nothing() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        one = Browser(app).come()
        await one.until("event: beat")
        await one.leave()
        asked = world.asked.copy()
        hub.heard(7, "event")
        await hub.look()
        await hub.recheck()
        assert world.asked == asked
        hub.stop()

    played(story)


def test_no_task_is_made_for_a_viewer_who_keeps_up() -> None:
    async def story() -> None:
        world = World()
        app, hub = house(world)
        crowd = [Browser(app, user=user).come() for user in range(50)]
        await asyncio.gather(*(one.until("event: beat") for one in crowd))
        topic, _ = hub._topics[7]
        before = len(asyncio.all_tasks())
        topic.show(world.eyes.scene(7))
        await hub.beat()
        assert len(asyncio.all_tasks()) <= before
        hub.stop()

    played(story)
