"""A plain ASGI application with Warroom's switches, for `uvicorn tests.fakes.switch_asgi:app`."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qs

from migrations_app.drivers.switch.client.warroom_switch import (
    DUAL_WRITE,
    PERCENT,
    Hook,
    Switches,
)
from migrations_app.drivers.switch.client.warroom_switch_asgi import hook_app
from migrations_app.drivers.switch.client.warroom_switch_stores import FileStore

switches = Switches(
    FileStore(os.environ["SWITCH_STORE"]),
    {"read_path": PERCENT, "dual_write": DUAL_WRITE},
    name=os.environ["SWITCH_INSTANCE"],
    every=0.02,
)
switches.start()


async def site(scope: Any, receive: Any, send: Any) -> None:
    """Says which side `?key=` is on."""
    assert scope["type"] == "http"
    key = parse_qs(scope["query_string"].decode()).get("key", [""])[0]
    side = "green" if switches.goes_green("read_path", key) else "blue"
    body = json.dumps({"side": side, "dual_write": switches.value("dual_write")}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


app = hook_app(Hook(switches, [os.environ["SWITCH_SECRET"]], settle=8.0), "/switches/", site)
