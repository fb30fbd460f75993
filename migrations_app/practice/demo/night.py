"""A whole night without a browser: gate by gate, a sickness, the way back, and on to the end.

People speak through the HTTP API; what Warroom claims is held against what HAProxy, Prometheus
and the services themselves show.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import httpx

from migrations_app.domain.export import Document, audit
from migrations_app.practice.demo.checklist import Checklist, NightFailed
from migrations_app.practice.demo.person import Person, Room
from migrations_app.practice.demo.torment import Torment
from migrations_app.practice.demo.watch import BreachWatch, WeightWatch, lost, served

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.practice.addresses import World
    from migrations_app.practice.stack import Stack

GATE_S = 40.0
CLICK_AT = "canary-1"
SICK_AT = "canary-25"
SICKNESS = {"errors": 0.3}
BREACH = (
    '(sum(rate(http_requests_total{track="green",code=~"5.."}[5s])) or vector(0))'
    ' / (sum(rate(http_requests_total{track="green"}[5s])) > 0)'
)
LIMIT = 0.05
INTERVAL_S = 1.0
CLICK_S = 1.0  # a click's own round trip and the two writes; the bench measures it closely
BREACH_S = INTERVAL_S + 0.5


def play(stack: Stack, url: str, tokens: Mapping[str, str], *, torment: bool) -> int:
    """Play it; returns the exit code. With `torment` processes die all the time, and only the
    times may differ."""
    told = Checklist()
    ana, raj = (Person.at(url, name, tokens[name]) for name in ("ana", "raj"))
    try:
        with WeightWatch(stack.world) as watch, ExitStack() as also:
            dying = also.enter_context(Torment(stack.supervisor)) if torment else None
            Night(stack.world, watch, told, ana, raj, timed=not torment).play()
        if dying is not None:
            told.step("killed with -9", ", ".join(dying.killed))
    except (NightFailed, TimeoutError, httpx.HTTPError) as error:
        told.expect(str(error), true=False)
    return told.close()


@dataclass(slots=True)
class Night:
    """The plan of the night, step by step. Ana is DRI, Raj answers for the data."""

    world: World
    watch: WeightWatch
    told: Checklist
    ana: Person
    raj: Person
    timed: bool
    run: int = 0
    weights: list[float] = field(default_factory=list)

    def play(self) -> None:
        before_lost = lost(self.world)
        self._start()
        self._forward_to(CLICK_AT)
        self._click_back()
        self._resume(CLICK_AT)
        self._forward_to(SICK_AT)
        self._sicken()
        self._heal()
        self._resume(SICK_AT)
        self._forward_to("full")
        self._complete()
        self._reckon(before_lost)

    def _start(self) -> None:
        self.run = self.ana.plan("practice-orders", "rehearsal")
        self.ana.say(self.run, "start", reason="the night")
        self.told.step("started", f"run {self.run}, shadow traffic only")
        self.raj.say(self.run, "steps/dashboards/complete", reason="looked at both")

    def _forward_to(self, last: str) -> None:
        """Go, gate by gate, until the phase called `last` was entered and has settled."""
        room = self.ana.wait(self.run, "the first weights", GATE_S, "baking", "gate")
        while room["phase"]["name"] != last:
            self._sign(room)
            self._go(room)
            room = self._measure()

    def _sign(self, room: Room) -> None:
        room = self.ana.wait_needs(self.run, GATE_S, but=frozenset({"sign_off"}))
        if "database" in room["gate"]["missing"]:
            self.raj.say(self.run, "sign-off", role="database", reason="parity looked at")
        self.ana.wait_needs(self.run, GATE_S)

    def _go(self, room: Room) -> None:
        following = room["phases"][room["phase"]["number"]]
        weight = float(following["weights"]["web"])
        said = time.time()
        self.ana.say(self.run, "go", reason="all green")
        self.ana.wait(self.run, f"{weight:g} % GREEN", GATE_S, "baking")
        times = self._flip_times(weight)
        seen = self._seen(weight, said)
        self.told.step(
            f"Go → {weight:g} % GREEN",
            f"decision → applied {times.applied * 1000:.0f} ms → confirmed "
            f"{times.confirmed * 1000:.0f} ms; in HAProxy {seen * 1000:.0f} ms after the click",
        )
        self.weights.append(weight)
        self._in_time(f"{weight:g} % was there within {CLICK_S:g} s", seen, CLICK_S)

    def _flip_times(self, weight: float) -> Times:
        """Of the flip just confirmed, as the room tells it."""
        (route,) = self.ana.room(self.run)["routes"]
        flip = route["flip"]
        self.told.expect(
            f"web is confirmed at {weight:g} %",
            true=route["observed"] == route["desired"] == weight and bool(flip["confirmed_at"]),
        )
        return Times.of(flip)

    def _seen(self, weight: float, after: float) -> float:
        """Seconds from `after` until HAProxy itself showed `weight`."""
        at = self.watch.when(weight, after)
        if at is None:
            raise NightFailed(f"HAProxy never showed {weight:g} % GREEN")
        return at - after

    def _measure(self) -> Room:
        """Let the hold run, then compare the share the services really answered with the weight."""
        before = served(self.world)
        room = self.ana.wait(self.run, "the hold", GATE_S, "gate")
        share = served(self.world).share_since(before)
        weight = float(room["routes"][0]["desired"])
        self.told.step(f"hold over at {weight:g} %", f"{share:.1f} % of the requests reached GREEN")
        self.told.expect(
            f"{share:.1f} % is the {weight:g} % that was decided", true=abs(share - weight) <= 2.0
        )
        return room

    def _sicken(self) -> None:
        made = time.time()
        self._make_green(SICKNESS)
        self.told.step("GREEN made sick", "30 % of its answers are errors")
        visible = BreachWatch(self.world, BREACH, LIMIT).wait(20)
        self.ana.wait(self.run, "the automatic rollback", 20, "rolled_back")
        back = self._seen(0.0, made) + made
        self.weights.append(0.0)
        after = max(0.0, back - visible)
        self.told.step(
            "rolled back by itself",
            f"breach visible after {visible - made:.1f} s; HAProxy back at 0 % "
            f"{after:.2f} s after that",
        )
        self._in_time(f"back within {BREACH_S:g} s of the breach", after, BREACH_S)
        self._tell_rollback()

    def _tell_rollback(self) -> None:
        room = self.ana.room(self.run)
        times = Times.of(room["routes"][0]["flip"])
        self.told.expect("nobody clicked", true=not room["latch"]["by_hand"])
        self.told.step(
            "", f"because {room['latch']['reason']}; requested → applied "
            f"{times.applied * 1000:.0f} ms → confirmed {times.confirmed * 1000:.0f} ms",
        )  # fmt: skip

    def _click_back(self) -> None:
        """One click by a person, nobody being sick."""
        said = time.time()
        answer = self.raj.back(self.run, "a customer called")
        answered = time.time() - said
        seen = self._seen(0.0, said)
        self.weights.append(0.0)
        self.told.step(
            "Roll back clicked",
            f"click → HAProxy at 0 % {seen * 1000:.0f} ms → read back and answered "
            f"{answered * 1000:.0f} ms",
        )
        self.told.expect("the click's answer was the confirmation", true=answer["confirmed"])
        self._in_time(f"back within {CLICK_S:g} s of the click", seen, CLICK_S)
        self.ana.wait(self.run, "the rollback", 20, "rolled_back")

    def _heal(self) -> None:
        self._make_green({})
        self._wait_calm()
        self.told.step("GREEN made well", "and its checks say so")

    def _resume(self, phase: str) -> None:
        self.ana.say(self.run, "resume", phase=phase, reason="cause found and mended")
        room = self.ana.wait(self.run, "the resumed weights", GATE_S, "baking")
        self.weights.append(float(room["routes"][0]["desired"]))
        self.told.step("resumed", f"leg {room['leg']} at {room['phase']['name']}, a fresh gate")
        self._measure()

    def _wait_calm(self) -> None:
        """Until no check fails any more: before, nobody may resume."""
        deadline = time.monotonic() + GATE_S
        while any(c["status"] == "FAIL" for c in self.ana.room(self.run)["checks"]):
            if time.monotonic() > deadline:
                raise NightFailed("GREEN was made well, but its checks go on failing")
            time.sleep(0.2)

    def _complete(self) -> None:
        self._sign(self.ana.room(self.run))
        self.ana.say(self.run, "complete", reason="done")
        room = self.ana.wait(self.run, "completion", GATE_S, "completed")
        self.told.step("completed", f"{room['routes'][0]['observed']:g} % GREEN")

    def _reckon(self, before_lost: float) -> None:
        """What HAProxy did, in order; what customers lost; whether the timeline is whole."""
        self.told.expect(
            f"HAProxy went through {self.weights} and nothing else, it was {self.watch.history()}",
            true=self.watch.history() == [0.0, *self.weights],
        )
        gone = lost(self.world) - before_lost
        self.told.step("requests lost", f"{gone:.0f} were answered by nobody")
        self.told.expect("no request was lost to a flip", true=gone == 0)
        document = Document.model_validate(self.ana.export(self.run))
        self.told.step("timeline", f"{len(document.entries)} entries exported and verified")
        for finding in audit(document):
            self.told.expect(f"{finding.what}: {finding.sentence}", true=finding.ok)

    def _in_time(self, what: str, took: float, limit: float) -> None:
        self.told.expect(what, true=took <= limit or not self.timed)

    def _make_green(self, knobs: dict[str, float]) -> None:
        headers = {"X-Control-Token": self.world.control_token}
        url = self.world.sickness_urls["green"]
        httpx.put(url, json=knobs, headers=headers, timeout=5).raise_for_status()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the request of a flip to its application and its confirmation."""

    applied: float
    confirmed: float

    @classmethod
    def of(cls, flip: Mapping[str, str]) -> Times:
        asked, applied, confirmed = (
            datetime.fromisoformat(flip[name])
            for name in ("requested_at", "applied_at", "confirmed_at")
        )
        return cls((applied - asked).total_seconds(), (confirmed - asked).total_seconds())
