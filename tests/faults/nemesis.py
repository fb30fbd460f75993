"""Who breaks things at random, and who goes on working meanwhile; both from one printed seed."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from redis import Redis

from migrations_app.domain.invariants.night import Answer
from migrations_app.drivers.fake.faults import WELL, Faults
from migrations_app.sources.fake.script import FaultKind
from tests.faults.house import OURS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.faults.drill import Drill

VICTIMS = (*OURS, "valkey", "postgres")
FAULTS = (
    Faults(time_out=True), Faults(late=0.7), Faults(transient=True), Faults(slow=3.0),
    Faults(lying=True), Faults(unreachable=True), WELL,
)  # fmt: skip
PASSES_S = 2.0
PHASES = ("one", "two", "three", "four")


@dataclass
class Nemesis:
    """One thing after another goes wrong, every second or so."""

    drill: Drill
    dice: random.Random
    done: list[str] = field(default_factory=list)

    def strike(self) -> None:
        deeds = [self._kill, self._kill, self._pause, self._plane, self._source, self._flush]
        deed = self.dice.choice(deeds)
        self.done.append(f"{deed.__name__.strip('_')} {deed()}")

    def heal(self) -> None:
        """From here on all is well."""
        for route in self.drill.routes:
            self.drill.plane(route).heal()
        self._well()
        self.drill.house.mend()

    def _kill(self) -> str:
        name = self.dice.choice(VICTIMS)
        process = self.drill.house[name]
        process.kill()
        process.begin()
        return name

    def _pause(self) -> str:
        """Shorter and longer than a lease."""
        name = self.dice.choice([one for one in VICTIMS if one != "postgres"])
        process, seconds = self.drill.house[name], self.dice.choice([0.5, 3.0, 7.0])
        process.pause()
        threading.Timer(seconds, process.resume_if_alive).start()
        return f"{name} for {seconds} s"

    def _plane(self) -> str:
        route, faults = self.dice.choice(self.drill.routes), self.dice.choice(FAULTS)
        self.drill.plane(route).inject(faults)
        threading.Timer(PASSES_S, self.drill.plane(route).heal).start()
        return f"{route}: {faults}"

    def _source(self) -> str:
        kind = self.dice.choice([FaultKind.NAN, FaultKind.HANG, FaultKind.EMPTY, None])
        self.drill.source.heal()
        if kind is not None:
            self.drill.source.fail(kind)
        self.drill.source.set("errors", 0.0 if kind else 0.5)
        threading.Timer(PASSES_S, self._well).start()
        return str(kind or "breach")

    def _well(self) -> None:
        self.drill.source.heal()
        self.drill.source.set("errors", 0.0)

    def _flush(self) -> str:
        try:
            with Redis.from_url(self.drill.house.redis_url, socket_timeout=0.5) as redis:
                redis.flushall()
        except OSError:
            return "in vain"
        except Exception as error:  # noqa: BLE001 (it may be dead just now)
            return type(error).__name__
        return "redis"


@dataclass
class Client:
    """Says what fits the room, whatever comes of it. Time-outs are unknown, never failures."""

    drill: Drill
    dice: random.Random
    who: str
    answers: list[Answer] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.wait(self.dice.uniform(0.05, 0.4)):
            try:
                self._act()
            except (httpx.HTTPError, KeyError, ValueError):
                continue

    def _act(self) -> None:
        room = self._get()
        words: dict[str, Callable[[], None]] = {
            "gate": lambda: self._say("go", room, evaluation=room["evaluation"]),
            "held": lambda: self._say("resume", room),
            "frozen": lambda: self._say("resume", room),
            "rolled_back": lambda: self._say("resume", room, phase=self.dice.choice(PHASES[:2])),
        }
        if self.dice.random() < 0.04:
            self._say("rollback", room)
        elif act := words.get(room["state"]):
            act()

    def _get(self) -> dict[str, Any]:
        house = self.drill.house
        url = f"{house.web.url}/api/v1/runs/{self.drill.run}"
        answer = httpx.get(url, headers=self._headers(), timeout=5)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.drill.house.tokens[self.who]}"}

    def _say(self, verb: str, room: dict[str, Any], **words: Any) -> None:
        body: dict[str, Any] = {"reason": "nemesis", **words}
        if verb != "rollback":
            body["revision"] = room["revision"]
        key, began = uuid.uuid4().hex, time.monotonic()
        for _ in range(self.dice.choice([1, 1, 2])):  # impatient people press twice
            seq = self._post(verb, body, key)
            self._told(verb, room, key, seq, began)

    def _post(self, verb: str, body: dict[str, Any], key: str) -> int | None:
        url = f"{self.drill.house.web.url}/api/v1/runs/{self.drill.run}/{verb}"
        headers = self._headers() | {"Idempotency-Key": key}
        try:
            answer = httpx.post(url, json=body, headers=headers, timeout=15)
        except httpx.HTTPError:
            return None
        found = answer.json() if answer.is_success else {}
        return found.get("seq")

    def _told(
        self, verb: str, room: dict[str, Any], key: str, seq: int | None, began: float
    ) -> None:
        revision = room["revision"] if verb == "go" else None
        leg, ended = room["leg"], time.monotonic()
        if verb != "rollback":  # it has no key and no seq: the latch says who called
            self.answers.append(Answer(verb, key, revision, leg, seq, began, ended))
