"""What every answer says to the browser, whoever gives it: a page, a stream, a file, an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from migrations_app.live.viewer import Message, Send

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_NOT_OURS: Final = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
_OURS: Final = ("publickey-credentials-create", "publickey-credentials-get")

ALWAYS: Final[dict[str, str]] = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(
        [*(f"{name}=()" for name in _NOT_OURS), *(f"{name}=(self)" for name in _OURS)]
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    "cache-control": "no-store",
}
"""Said where an answer says nothing else of it. No page asks a browser for a camera, and no script
that got into one may; security keys are asked for at the door. What says nothing about caches is
kept by none."""


DIRECT: Final = "warroom.send"
"""Where the server's own `send` is found in the scope: a stream that has started needs no headers
any more, and writes to thousands of viewers without anything in between."""


def hsts(seconds: int) -> dict[str, str]:
    """Come encrypted from now on; nothing where we are not reached that way."""
    if not seconds:
        return {}
    value = f"max-age={seconds}; includeSubDomains; preload"
    return {"strict-transport-security": value}


class Guarded:
    """An ASGI application around `app`: nothing leaves it without `said`, or its own word on it."""

    def __init__(self, app: App, said: Mapping[str, str]) -> None:
        self._app = app
        self._said = [(name.encode(), value.encode()) for name, value in said.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        scope[DIRECT] = send

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._complete(message["headers"])}
            await send(message)

        await self._app(scope, receive, guarded)

    def _complete(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        there = {name.lower() for name, _ in headers}
        return [*headers, *((name, value) for name, value in self._said if name not in there)]
