"""One request of a customer: sent, counted by what came back, and sometimes copied."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.practice.world.client import Answer, Client, Question
    from migrations_app.practice.world.customers import Customers
    from migrations_app.practice.world.meters import LoadMeters

OTHER = {"blue": "green", "green": "blue"}
NOBODY = "nobody"  # neither side answered: the load balancer did, or nothing came back


class Visits:
    """Sends through `front`; copies go straight to one of `sides`."""

    def __init__(
        self,
        front: Client,
        sides: Mapping[str, Client],
        customers: Customers,
        meters: LoadMeters,
    ) -> None:
        self._front = front
        self._sides = sides
        self._customers = customers
        self._meters = meters

    async def make(self, *, copied: bool) -> None:
        """Ask one question of a customer; if `copied` and about one order, ask both sides."""
        started = time.monotonic()
        question = self._customers.next(started)
        try:
            answer = await self._front.ask(question)
        except OSError:
            self._meters.answered(NOBODY, "lost", time.monotonic() - started)
            return
        track = answer.headers.get("x-served-by", NOBODY)
        outcome = "failed" if answer.status >= 500 else "ok"
        self._meters.answered(track, outcome, time.monotonic() - started)
        if answer.status == 201:
            self._customers.placed(str(json.loads(answer.body)["id"]), time.monotonic())
        elif copied and answer.status == 200 and question.path != "/orders":
            await self._copy(question, answer, OTHER[track])

    async def _copy(self, question: Question, answer: Answer, track: str) -> None:
        copy = replace(question, headers={**question.headers, "x-shadow": "yes"})
        try:
            second = await self._sides[track].ask(copy)
        except OSError:
            self._meters.compared(track, "error")
            return
        self._meters.compared(track, compare(answer, second))


def compare(answer: Answer, copy: Answer) -> str:
    """`match`, `mismatch`, `missing` (the other side does not know it), or `error`."""
    if copy.status == 404:
        return "missing"
    if copy.status != answer.status:
        return "error"
    return "match" if copy.body == answer.body else "mismatch"
