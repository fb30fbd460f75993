"""Our hub and our stream with nothing behind them: the picture comes by POST instead of being
drawn from a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from migrations_app.live.eyes import TICKET, Eyes, Pulses, Ticket
from migrations_app.live.hub import Hub
from migrations_app.live.scene import Scene
from migrations_app.live.stream import HoldStreams

if TYPE_CHECKING:
    from collections.abc import Collection

    from migrations_app.live.stream import Receive, Scope
    from migrations_app.live.viewer import Send

RUN = 1
_picture = {"room": ""}
_seq = 0


def _scene(_: int) -> Scene:
    return Scene(datetime.now(UTC), _seq, dict(_picture))


def _pulses(run_ids: Collection[int]) -> Pulses:
    return Pulses(datetime.now(UTC), dict.fromkeys(run_ids, str(_seq)))


hub = Hub(Eyes(_scene, _pulses, set, lambda _: None, lambda _: None), "redis://127.0.0.1:1/0")


async def _authorises(scope: Scope, receive: Receive, send: Send) -> None:
    """A stream is anybody's; everything else is a picture."""
    if scope["path"] == "/publish":
        await _publish(receive)
    else:
        scope[TICKET] = Ticket(RUN, 1, "session", "proof")
    headers = [] if scope["path"] == "/publish" else [(b"x-hold-stream", b"run:1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _publish(receive: Receive) -> None:
    global _seq
    body, more = b"", True
    while more:
        message: Any = await receive()
        body, more = body + message["body"], message.get("more_body", False)
    _picture["room"], _seq = body.decode(), _seq + 1
    hub.heard(RUN, "event")


app = HoldStreams(_authorises, hub)
