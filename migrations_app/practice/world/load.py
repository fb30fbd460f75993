"""Customers, as one process: a constant stream of requests, whatever comes back.

python -m migrations_app.practice.world.load --listen PORT --front PORT --blue PORT --green PORT

Open loop: requests leave at their time even if earlier ones are still under way, as customers do.
A share of the reads is also sent, as a copy, straight to the side that did not answer them (that
is GREEN as long as BLUE serves), and the two answers are compared. `/metrics` shows what customers
saw; `/load` (GET and PUT, with the control token) holds the rate and the share of copies.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.practice.ports import HOST
from migrations_app.practice.world.client import Client
from migrations_app.practice.world.customers import Customers, Habits
from migrations_app.practice.world.knobs import BadKnob, knobs
from migrations_app.practice.world.meters import LoadMeters
from migrations_app.practice.world.service import TOKEN_VARIABLE
from migrations_app.practice.world.visits import Visits
from migrations_app.practice.world.web import App, allowed, as_json, refusal, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.practice.world.web import Request, Response

MOST_UNDER_WAY = 400  # requests; beyond that they are counted as dropped
HIGHEST = {"rate": 1_000.0, "shadow": 1.0}


@dataclass(frozen=True, slots=True)
class Demand:
    """`rate` in requests per second, `shadow` the share of reads that is copied, 0 to 1."""

    rate: float = 120.0
    shadow: float = 0.25


def parse(body: bytes) -> Demand:
    """The demand a JSON object asks for; `BadKnob` says what is wrong with it."""
    return Demand(**knobs(body, HIGHEST))


class Load:
    """Makes visits at the demanded rate, and answers for itself over HTTP."""

    def __init__(self, front: int, sides: dict[str, int], token: str, demand: Demand) -> None:
        self.demand = demand
        self.meters = LoadMeters(lambda: len(self._under_way), lambda: self.demand.rate)
        self._token = token
        self._under_way: set[asyncio.Task[None]] = set()
        clients = {track: Client(HOST, port) for track, port in sides.items()}
        self._visits = Visits(Client(HOST, front), clients, Customers(Habits()), self.meters)

    async def run(self) -> None:
        """Send for ever. What a stall of this process held up is not caught up on later."""
        due = time.monotonic()
        while True:
            if self.demand.rate > 0:
                self._send()
            due += 1 / max(self.demand.rate, 10.0)
            now = time.monotonic()
            due = max(due, now - 0.5)
            await asyncio.sleep(due - now)

    async def handle(self, request: Request) -> Response:
        if request.path == "/metrics":
            return self.meters.response()
        if request.path != "/load":
            return refusal(404, "There is nothing here.")
        if not allowed(request, self._token):
            return refusal(403, "This needs the control token.")
        return self._control(request)

    def _control(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self.demand = parse(request.body)
            except BadKnob as error:
                return refusal(400, str(error))
        under_way = len(self._under_way)
        state = {"rate": self.demand.rate, "shadow": self.demand.shadow, "under_way": under_way}
        return as_json(200, state)

    def _send(self) -> None:
        if len(self._under_way) >= MOST_UNDER_WAY:
            self.meters.dropped()
            return
        visit = self._visits.make(copied=random.random() < self.demand.shadow)
        task = asyncio.create_task(visit)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Customers of the order service.")
    for name in ("listen", "front", "blue", "green"):
        parser.add_argument(f"--{name}", type=int, required=True, metavar="PORT")
    parser.add_argument("--rate", type=float, default=Demand().rate, help="requests per second")
    parser.add_argument("--shadow", type=float, default=Demand().shadow, help="share, 0 to 1")
    asked = parser.parse_args(argv)
    sides = {"blue": asked.blue, "green": asked.green}
    load = Load(asked.front, sides, os.environ[TOKEN_VARIABLE], Demand(asked.rate, asked.shadow))
    serve(App("load", load.handle, load.run), asked.listen)


if __name__ == "__main__":
    main()
