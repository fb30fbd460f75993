"""One side of the order service, as one process.

python -m migrations_app.practice.world.service --name green --listen PORT --peer PORT

The control token comes in the environment. Customers get `/orders`; for everyone else there are
`/health`, `/metrics`, `/changes` (the feed the other side follows) and, with the token, `/sickness`
(GET and PUT).
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from migrations_app.practice.ports import HOST
from migrations_app.practice.world import cdc
from migrations_app.practice.world.client import Client, Question
from migrations_app.practice.world.knobs import BadKnob
from migrations_app.practice.world.meters import ServiceMeters
from migrations_app.practice.world.orders import Book
from migrations_app.practice.world.shop import LATENCIES, Shop
from migrations_app.practice.world.sickness import parse
from migrations_app.practice.world.web import App, allowed, as_json, refusal, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.practice.world.web import Request, Response

TOKEN_VARIABLE = "PRACTICE_CONTROL_TOKEN"  # noqa: S105 - the name of the variable


class Side:
    """BLUE or GREEN: a shop, a book, and a follower of the other side."""

    def __init__(self, track: str, peer: int, token: str) -> None:
        self.track = track
        self.book = Book()
        self.follower = cdc.Follower(self.book, lambda: self.shop.sickness.lag_s)
        self.meters = ServiceMeters(track, lambda: self.follower.lag(time.time()))
        self.shop = Shop(LATENCIES[track], self.book, self.meters)
        self._peer = Client(HOST, peer, timeout=2.0)
        self._token = token

    async def follow(self) -> None:
        await cdc.follow(self.follower, self._fetch)

    async def handle(self, request: Request) -> Response:
        match request.path:
            case "/health":
                return self._health()
            case "/metrics":
                return self.meters.response()
            case "/changes":
                return self._changes(request)
            case "/sickness":
                return self._be_ill(request)
            case path if path == "/orders" or path.startswith("/orders/"):
                return await self.shop.serve(request)
            case _:
                return refusal(404, "There is nothing here.")

    async def _fetch(self, after: int) -> bytes:
        answer = await self._peer.ask(Question("GET", f"/changes?after={after}"))
        return answer.body

    def _health(self) -> Response:
        if not self.follower.settled:
            return refusal(503, "Still catching up with the other side.")
        return as_json(200, {"track": self.track, "orders": len(self.book)})

    def _changes(self, request: Request) -> Response:
        after = request.query.get("after", "0")
        if not after.isdigit():
            return refusal(400, "`after` is the number of the last change you have.")
        return as_json(200, asdict(self.book.feed(int(after), time.time())))

    def _be_ill(self, request: Request) -> Response:
        if not allowed(request, self._token):
            return refusal(403, "This needs the control token.")
        if request.method == "PUT":
            try:
                self.shop.sickness = parse(request.body)
            except BadKnob as error:
                return refusal(400, str(error))
        return as_json(200, self.shop.sickness.as_json())


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="One side of the order service.")
    parser.add_argument("--name", choices=sorted(LATENCIES), required=True)
    parser.add_argument("--listen", type=int, required=True, metavar="PORT")
    parser.add_argument("--peer", type=int, required=True, metavar="PORT")
    asked = parser.parse_args(argv)
    side = Side(asked.name, asked.peer, os.environ[TOKEN_VARIABLE])
    serve(App(asked.name, side.handle, side.follow), asked.listen)


if __name__ == "__main__":
    main()
