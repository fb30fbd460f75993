"""What customers get from one side: orders placed and shown, as ill as the side is just now."""

from __future__ import annotations

import asyncio
import math
import random
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from migrations_app.practice.world import orders
from migrations_app.practice.world.sickness import Sickness
from migrations_app.practice.world.web import as_json, refusal

if TYPE_CHECKING:
    from migrations_app.practice.world.meters import ServiceMeters
    from migrations_app.practice.world.web import Request, Response

MOST_AT_ONCE = 200  # requests; beyond that the side says 503


@dataclass(frozen=True, slots=True)
class Latency:
    """Log-normal, by its median in seconds and its spread (the standard deviation of the log)."""

    median: float
    spread: float

    def draw(self) -> float:
        return random.lognormvariate(math.log(self.median), self.spread)


LATENCIES = {"blue": Latency(0.020, 0.35), "green": Latency(0.021, 0.33)}


class Shop:
    """Serves `/orders` from `book`; every answer is timed and counted."""

    def __init__(self, latency: Latency, book: orders.Book, meters: ServiceMeters) -> None:
        self.sickness = Sickness()
        self._latency = latency
        self._book = book
        self._meters = meters
        self._under_way = 0

    async def serve(self, request: Request) -> Response:
        started = time.perf_counter()
        self._under_way += 1
        try:
            response = await self._answer(request)
        finally:
            self._under_way -= 1
        traffic = "shadow" if "x-shadow" in request.headers else "live"
        seconds = time.perf_counter() - started
        self._meters.answered(request.method, response.status, traffic, seconds)
        return response

    async def _answer(self, request: Request) -> Response:
        if self._under_way > MOST_AT_ONCE:
            return refusal(503, "Too many at once.")
        good = request.headers.get("authorization", "").startswith("Bearer customer-")
        self._meters.checked_token(good=good)
        if not good:
            return refusal(401, "Who are you?")
        if request.method == "POST":
            self._meters.checkout_started()
        await asyncio.sleep(self._latency.draw() + self.sickness.latency_ms / 1000)
        if random.random() < self.sickness.errors:
            return refusal(500, "Something broke.")
        return self._place(request) if request.method == "POST" else self._look(request)

    def _place(self, request: Request) -> Response:
        try:
            order, paid = orders.place(request.body, time.time())
        except orders.Refusal as error:
            return refusal(400, str(error))
        if not paid:
            return refusal(402, "The card was declined.")
        self._book.take(order, order.placed_at)
        self._meters.checkout_completed()
        return as_json(201, self._shown(order))

    def _look(self, request: Request) -> Response:
        _, _, order_id = request.path.removeprefix("/").partition("/")
        if not order_id:
            return as_json(200, [self._shown(order) for order in self._book.newest(10)])
        order = self._book.find(order_id)
        return as_json(200, self._shown(order)) if order else refusal(404, "No such order.")

    def _shown(self, order: orders.Order) -> dict[str, object]:
        return asdict(orders.garbled(order, self.sickness.mismatch))
