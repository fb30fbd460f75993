"""A client who stops reading, on a real server and a real socket."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
import uvicorn
import uvloop

from migrations_app.live import hub as hubs
from migrations_app.live.guards import ALWAYS, Guarded
from tests.live.build import PATIENCE_S, World, house, played, until

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("loop", [asyncio.SelectorEventLoop, uvloop.new_event_loop])
def test_a_client_who_stops_reading_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    """In the loop that is there everywhere, and in the one that our server takes."""
    monkeypatch.setattr(hubs, "BEHIND_S", 0.0)

    async def story() -> None:
        world = World()
        app, hub = house(world)
        served = Guarded(app, ALWAYS)  # as in warroom.asgi
        server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        client = await asyncio.to_thread(_stalled, port)
        async with asyncio.timeout(PATIENCE_S):
            while not any(viewer.behind_since for viewer in hub.viewers):
                world.change(gate="x" * 500_000 + str(world.seq))
                hub.heard(7, "event")
                await asyncio.sleep(0.02)
        await hub.beat()
        await until(lambda: not (hub.viewers or server.server_state.connections))
        client.close()
        hub.stop()
        server.should_exit = True
        await serving

    played(story, loop)


def _stalled(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    client.sendall(b"GET /runs/7/stream HTTP/1.1\r\nHost: x\r\n\r\n")
    assert client.recv(1)
    return client
