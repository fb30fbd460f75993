"""What customers do next: mostly look at an order, sometimes at a list, sometimes place one."""

from __future__ import annotations

import json
import random
from collections import deque
from dataclasses import dataclass

from migrations_app.practice.world.client import Question
from migrations_app.practice.world.orders import DECLINED_CARD, PRICES

RIPE = 2.0  # seconds after which everyone may expect to find an order on either side
SKUS = tuple(PRICES)


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of all requests, 0 to 1; `declined` of the orders placed. Looking is the rest.

    `strangers` send no valid token, `lost` look for an order that never was, `impatient` use a
    connection once. Strangers and declined cards are none by default: at one percent of traffic a
    single one would already look like a broken side.
    """

    place: float = 0.2
    listing: float = 0.1
    lost: float = 0.005
    impatient: float = 0.2
    strangers: float = 0.0
    declined: float = 0.0


class Customers:
    """Makes questions, and remembers the orders they can ask for later."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._fresh: deque[tuple[float, str]] = deque()
        self._ripe: deque[str] = deque(maxlen=500)

    def placed(self, order_id: str, now: float) -> None:
        """Remember that `order_id` was placed at `now` (seconds, monotonic)."""
        self._fresh.append((now, order_id))

    def next(self, now: float) -> Question:
        chance = random.random()
        if chance < self._habits.place:
            return self._question("POST", "/orders", self._order())
        chance -= self._habits.place
        if chance < self._habits.lost:
            return self._question("GET", "/orders/0000000000000000")
        self._ripen(now)
        if chance < self._habits.lost + self._habits.listing or not self._ripe:
            return self._question("GET", "/orders")
        return self._question("GET", f"/orders/{random.choice(self._ripe)}")

    def _question(self, method: str, path: str, body: bytes = b"") -> Question:
        who = "stranger" if random.random() < self._habits.strangers else "customer"
        headers = {"authorization": f"Bearer {who}-{random.randrange(10_000)}"}
        close = random.random() < self._habits.impatient
        return Question(method, path, headers, body, close=close)

    def _order(self) -> bytes:
        lines = [
            {"sku": sku, "quantity": random.randint(1, 12)}
            for sku in random.sample(SKUS, k=random.randint(1, 4))
        ]
        card = DECLINED_CARD if random.random() < self._habits.declined else "4000-0001"
        return json.dumps({"customer": "customer", "card": card, "lines": lines}).encode()

    def _ripen(self, now: float) -> None:
        while self._fresh and now - self._fresh[0][0] >= RIPE:
            self._ripe.append(self._fresh.popleft()[1])
