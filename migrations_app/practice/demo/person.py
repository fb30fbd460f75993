"""A person at the API: what the night's DRI and database engineer do, over HTTP only."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from migrations_app.practice.demo.checklist import NightFailed

Room = dict[str, Any]
ASK_S = 0.1
PATIENCE_S = 30.0
LOOKS = 5


class _MovedOn(NightFailed):
    """The verb was said on an old screen."""


@dataclass(slots=True)
class Person:
    """Speaks with a token. Every verb carries the revision it was decided on."""

    name: str
    client: httpx.Client = field(repr=False)

    @classmethod
    def at(cls, url: str, name: str, token: str) -> Person:
        headers = {"Authorization": f"Bearer {token}"}
        return cls(name, httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=20))

    def room(self, run: int) -> Room:
        return self._asked("GET", f"/runs/{run}", None)

    def plan(self, slug: str, environment: str) -> int:
        planned = self._asked("POST", f"/migrations/{slug}/runs", {"environment": environment})
        return int(planned["run_id"])

    def say(self, run: int, verb: str, **words: Any) -> Room:
        """Say a verb on what the room shows now, and look again where it has just moved on. Refused
        for any other reason means that the night went wrong."""
        for look in range(1, LOOKS + 1):
            room = self.room(run)
            body = {"revision": room["revision"], **words}
            if verb in {"go", "complete"}:
                body["evaluation"] = room["evaluation"]
            try:
                return self._asked("POST", f"/runs/{run}/{verb}", body)
            except _MovedOn:
                if look == LOOKS:
                    raise
        raise AssertionError("the last look answers or raises")

    def back(self, run: int, reason: str) -> Room:
        """Roll back: needs no revision, and answers when the routes were read back."""
        return self._asked("POST", f"/runs/{run}/rollback", {"reason": reason})

    def export(self, run: int) -> Room:
        return self._asked("GET", f"/runs/{run}/export", None)

    def wait(self, run: int, what: str, patience_s: float, *states: str) -> Room:
        """The room, once it is in one of `states`."""
        deadline = time.monotonic() + patience_s
        while (room := self.room(run))["state"] not in states:
            if time.monotonic() > deadline:
                raise NightFailed(f"{what}: still {room['state']} after {patience_s:.0f} s. "
                                  f"{room['why']}")  # fmt: skip
            time.sleep(ASK_S)
        return room

    def wait_needs(self, run: int, patience_s: float, but: frozenset[str] = frozenset()) -> Room:
        """The room, once its open gate needs nothing more (other than `but`, by code)."""
        deadline = time.monotonic() + patience_s
        while True:
            room = self.wait(run, "the gate", patience_s, "gate")
            needs = [n["sentence"] for n in room["gate"]["needs"] if n["code"] not in but]
            if not needs:
                return room
            if time.monotonic() > deadline:
                raise NightFailed("the gate still needs: " + "; ".join(needs))
            time.sleep(ASK_S)

    def _asked(self, method: str, path: str, body: Room | None) -> Room:
        """Ask until somebody answers. The key makes a verb count once, however often it is said."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self._once(method, path, body, headers)
            if answer is not None and not answer.is_error:
                found: Room = answer.json()
                return found
            if answer is not None and answer.status_code == HTTPStatus.CONFLICT:
                raise _MovedOn(f"{self.name}: {method} {path} answered {answer.text}")
            if answer is not None and (answer.is_client_error or time.monotonic() > deadline):
                raise NightFailed(f"{self.name}: {method} {path} answered {answer.text}")
            if time.monotonic() > deadline:
                raise NightFailed(f"{self.name}: nobody answers {method} {path}")
            time.sleep(ASK_S)

    def _once(
        self, method: str, path: str, body: Room | None, headers: dict[str, str]
    ) -> httpx.Response | None:
        """One try; None if nobody was there."""
        try:
            return self.client.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None
