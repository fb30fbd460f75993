"""What a web process counts: requests by names of ours alone, viewers, and who can't keep up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.about import known, learn
from migrations_app.live import meters
from migrations_app.live.followed import Followed
from tests.live.build import Browser, World, house, played

if TYPE_CHECKING:
    from migrations_app.live.viewer import Message


def value(name: str, **labels: str) -> float:
    return meters.REGISTRY.get_sample_value(name, labels) or 0.0


async def asked(app: Any, method: str = "GET", kind: str = "http") -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await Followed(app)({"type": kind, "method": method, "path": "/"}, None, send)  # type: ignore[arg-type]  # nobody receives
    return sent


def answering(status: int, view: str = "") -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert len(str(known()["request"])) == 16
        if view:
            learn(view=view)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


@pytest.mark.parametrize(
    ("method", "counted"),
    [("GET", "GET"), ("POST", "POST"), ("BREW", "other"), ("x" * 99, "other")],
)
def test_a_request_is_counted_once_under_names_of_ours(method: str, counted: str) -> None:
    total, timed = "warroom_requests_total", "warroom_request_duration_seconds_count"
    before = value(total, view="tea", status="418"), value(timed, method=counted)
    sent = asyncio.run(asked(answering(418, "tea"), method))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert value(total, view="tea", status="418") == before[0] + 1
    assert value(timed, method=counted) == before[1] + 1


def test_what_no_view_answered_has_one_name_for_all() -> None:
    before = value("warroom_requests_total", view="none", status="404")
    asyncio.run(asked(answering(404)))
    assert value("warroom_requests_total", view="none", status="404") == before + 1


def test_every_request_has_an_id_of_its_own_and_leaves_nothing_behind() -> None:
    ids = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ids.append(known()["request"])

    async def story() -> None:
        await asyncio.gather(*(asked(app) for _ in range(5)))
        assert known() == {}

    asyncio.run(story())
    assert len(set(ids)) == 5


def test_what_is_no_request_passes() -> None:
    kinds = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        kinds.append((scope["type"], dict(known())))

    asyncio.run(asked(app, kind="lifespan"))
    assert kinds == [("lifespan", {})]


def test_viewers_come_and_go_and_the_slowest_is_told() -> None:
    before = value("warroom_stream_viewers")

    async def story() -> None:
        world = World()
        app, hub = house(world)
        slow, quick = Browser(app, user=1).come(), Browser(app, user=2).come()
        await asyncio.gather(slow.until("event: beat"), quick.until("event: beat"))
        assert value("warroom_stream_viewers") == before + 2
        await hub.beat()
        assert value("warroom_stream_lag_seconds") == 0
        slow.stall()
        world.change(gate="open")
        hub.heard(7, "event")
        await quick.until("data: open")
        await asyncio.sleep(0.01)
        await hub.beat()
        assert value("warroom_stream_lag_seconds") > 0
        slow.read_on()
        await slow.until("data: open")
        for one in (slow, quick):
            await one.leave()
        assert value("warroom_stream_viewers") == before
        hub.stop()

    played(story)


def test_a_room_that_nobody_knows_to_be_current_grows_old() -> None:
    async def story() -> None:
        app, hub = house(World())
        one = Browser(app).come()
        await one.until("event: beat")
        (topic, _) = hub._topics[7]
        topic.known_at -= 100
        await hub.beat()
        assert value("warroom_stream_scene_age_seconds") >= 100
        await one.leave()
        await hub.beat()
        assert value("warroom_stream_scene_age_seconds") == 0
        hub.stop()

    played(story)
