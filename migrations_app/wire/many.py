"""Ask one place many questions at once, within one deadline, over HTTP."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import wait
from typing import TYPE_CHECKING

from migrations_app.wire.answer import late
from migrations_app.wire.crew import CLOSED, Call, Crew
from migrations_app.wire.lane import Lane
from migrations_app.wire.tls import context

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    import httpx

    from migrations_app.wire.answer import Answer, Silence
    from migrations_app.wire.place import Place


class Many:
    """The HTTP side of one source or driver. Thread-safe; starts afresh in a forked child."""

    def __init__(self, place: Place, at_once: int) -> None:
        self._place = place
        self._at_once = at_once
        self._context = context(place)
        self._lock = threading.Lock()
        self._crew = self._hire()

    def ask(self, requests: Sequence[httpx.Request], budget: float) -> list[Answer | Silence]:
        """Answers in order, within `budget` seconds whatever the server does. A question may be
        sent twice where a kept connection was dead."""
        return self._send(requests, budget, once=False)

    def tell(self, request: httpx.Request, budget: float) -> Answer | Silence:
        """The same for what may change something: it is sent once, on a connection of its own."""
        [answer] = self._send([request], budget, once=True)
        return answer

    def close(self) -> None:
        """Whoever asks afterwards is told that it is closed."""
        self._crew.dismiss()

    def _send(
        self, requests: Sequence[httpx.Request], budget: float, *, once: bool
    ) -> list[Answer | Silence]:
        deadline = time.monotonic() + budget
        crew = self._present()
        calls = [Call(crew, request, deadline, once=once) for request in requests]
        futures = [crew.submit(call) for call in calls]
        wait([future for future in futures if future], max(0.0, deadline - time.monotonic()))
        return [_settle(*pair) for pair in zip(calls, futures, strict=True)]

    def _hire(self) -> Crew:
        limit = self._place.max_response_bytes
        return Crew(self._at_once, lambda: Lane(self._context, limit), self._place.host)

    def _present(self) -> Crew:
        """Threads and sockets don't survive a fork; the child gets its own."""
        with self._lock:
            if self._crew.pid != os.getpid():
                self._crew = self._hire()
            return self._crew


def _settle(call: Call, future: Future[Answer | Silence] | None) -> Answer | Silence:
    if future is None:
        return CLOSED
    if future.done():
        return future.result()
    if future.cancel():
        return late(call.host, sent=False)
    return call.give_up()
