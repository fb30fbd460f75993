"""Eyes of our own on the outside world: what HAProxy balances, what Prometheus shows, and when.

They share nothing with Warroom: what it claims is held against what they saw.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from types import TracebackType

    from migrations_app.practice.addresses import World

LOOK_S = 0.01
ASK_S = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """GREEN's share in percent, first seen at `at` (seconds since 1970, this machine's clock)."""

    at: float
    weight: float


@dataclass
class WeightWatch:
    """Looks at HAProxy's runtime API a hundred times a second, in a thread."""

    world: World
    seen: list[Seen] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> WeightWatch:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    @property
    def weight(self) -> float:
        return self.seen[-1].weight if self.seen else 0.0

    def when(self, weight: float, after: float) -> float | None:
        """The moment after `after` at which `weight` was first seen."""
        return next((s.at for s in self.seen if s.at >= after and s.weight == weight), None)

    def history(self) -> list[float]:
        return [one.weight for one in self.seen]

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                weight = share(self.world)
            except (OSError, ValueError):
                continue  # HAProxy was restarted under us: look again
            if not self.seen or weight != self.seen[-1].weight:
                self.seen.append(Seen(time.time(), weight))


def share(world: World) -> float:
    """GREEN's share in percent, straight from HAProxy. Between the two writes of a flip the sum is
    not what it will be; a share that is not whole is such a moment, and is not told."""
    host, _, port = world.haproxy_tcp.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=1.0) as link:
        link.sendall(f"show servers state {world.haproxy_backend}\n".encode())
        answer = b"".join(iter(lambda: link.recv(65536), b"")).decode()
    weights = {
        row[3]: int(row[7])
        for row in (line.split() for line in answer.splitlines())
        if len(row) > 7 and row[3] in {"blue", "green"}
    }
    total = weights["blue"] + weights["green"]
    if total != 100:
        raise ValueError("in the middle of a flip")
    return 100 * weights["green"] / total


@dataclass
class BreachWatch:
    """Asks Prometheus twenty times a second whether GREEN's errors are over `limit` yet."""

    world: World
    query: str
    limit: float

    def wait(self, patience_s: float) -> float:
        """The moment at which the breach was visible; `TimeoutError` if it never was."""
        deadline = time.monotonic() + patience_s
        with httpx.Client(base_url=self.world.prometheus_url, timeout=2.0) as client:
            while time.monotonic() < deadline:
                if self._value(client) > self.limit:
                    return time.time()
                time.sleep(ASK_S)
        raise TimeoutError("GREEN was made sick, but Prometheus never showed it")

    def _value(self, client: httpx.Client) -> float:
        answer = client.get("/api/v1/query", params={"query": self.query}).json()
        result = answer.get("data", {}).get("result", [])
        return float(result[0]["value"][1]) if result else 0.0


@dataclass(frozen=True, slots=True)
class Served:
    """How many live requests each side has answered so far, by its own count."""

    blue: float
    green: float

    def share_since(self, before: Served) -> float:
        """GREEN's share in percent of what was answered since `before`."""
        green, blue = self.green - before.green, self.blue - before.blue
        return 100 * green / (green + blue) if green + blue else 0.0


def served(world: World) -> Served:
    """Read the counters of both services."""
    return Served(_live(world.blue_url), _live(world.green_url))


def _live(url: str) -> float:
    text = httpx.get(f"{url}/metrics", timeout=2.0).text
    return _sum(text, "http_requests_total{", 'traffic="live"')


def lost(world: World) -> float:
    """Requests customers sent that nobody answered, by the load's own count."""
    text = httpx.get(f"{world.load_url}/metrics", timeout=2.0).text
    return _sum(text, "load_requests_total{", 'track="nobody"')


def _sum(text: str, name: str, label: str) -> float:
    lines = (line for line in text.splitlines() if line.startswith(name) and label in line)
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)
