"""Laws of a run: silent over any night the core allows, red as soon as two accounts disagree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from migrations_app.domain.invariants import LAWS, broken
from migrations_app.domain.invariants.night import Answer, Looked, Night, Tried, Write
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.reconcile import Do, Order, decide
from migrations_app.domain.states import State, Verb
from migrations_app.domain.timeline import Entry, Kind
from tests.domain.chronicle import BEGIN, Chronicle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUTES = ("web", "db")
FORWARD = (Verb.GO, Verb.ADVANCE, Verb.COMPLETE, Verb.AUTO_COMPLETE)
ENTERING = (Verb.START, Verb.GO, Verb.ADVANCE, Verb.RESUME)
SETTLED_IN = {State.BAKING, State.GATE, State.ROLLED_BACK, State.COMPLETED}
_FAKE = {"driver": "fake", "config": {"name": "x"}}
PLAN = bind(
    Plan.model_validate(
        {
            "migration": "orders-db",
            "title": "Orders",
            "objectives": {"rto": "2m"},
            "roles": {"dri": ["ana"]},
            "routes": [{"name": name} for name in ROUTES],
            "checks": [
                {"name": "errors", "source": "metrics", "query": "errors", "unit": "ratio",
                 "window": "1m", "fail_when": "> 0.3 %"}
            ],
            "abort": [{"check": "errors"}],
            "phases": [
                {"name": f"p{n}", "weights": {"web": n}, "gate": {"checks": ["errors"]}}
                for n in range(1, 5)
            ],
            "environments": {
                "rehearsal": {
                    "kind": "rehearsal",
                    "routes": dict.fromkeys(ROUTES, _FAKE),
                    "sources": {"metrics": {"kind": "fake", "config": {}, "interval": "5s"}},
                }
            },
        }
    ),
    "rehearsal",
)  # fmt: skip


def passing(**changes: Any) -> dict[str, Any]:
    """A check as it is frozen into a decision."""
    readings = {"value": {"outcome": "ok", "value": 0.0}}
    found = {"check": "errors", "status": "PASS", "evaluated_age_s": 0.1, "readings": readings}
    return found | changes


@dataclass
class Sealed(Chronicle):
    """A chronicle that is chained, and whose decisions carry their evidence."""

    shown: dict[str, Any] = field(default_factory=passing)

    def write(self, kind: Kind, verb: Verb | None = None, **payload: object) -> Entry:
        before = self.entries[-1].hash if self.entries else ""
        entry = replace(super().write(kind, verb, **payload), prev_hash=before)
        self.entries[-1] = entry = replace(entry, hash=entry.seal())
        return entry

    def _payload(self, verb: Verb, before: str, weight: int) -> Mapping[str, object]:
        payload = dict(super()._payload(verb, before, weight))
        if verb in FORWARD:
            payload["evidence"] = {"checks": [self.shown]}
        return payload


@dataclass
class World:
    """Two planes that may apply late, a reconciler around the pure `decide`, and who is told what.

    Each entry takes a second, each write a millisecond more.
    """

    told: Sealed = field(default_factory=Sealed)
    planes: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(ROUTES, Decimal(0)))
    late: list[tuple[str, Decimal]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    tried: list[Tried] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    latches: set[int] = field(default_factory=set)
    clock: int = 0

    @property
    def leg(self) -> int:
        return int(self.told.run["leg"])

    @property
    def latched(self) -> bool:
        return self.leg in self.latches

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def say(self, verb: Verb, weight: int = 25) -> None:
        """Somebody's click, or the engine's own; refused where the table or the latch says so."""
        began, revision, leg = self.tick(), self.told.run["revision"], self.leg
        if not self.told.can(verb) or (verb is not Verb.ROLL_BACK and self._refused(verb)):
            self.answers.append(Answer(verb, "", revision, leg, None, began, self.tick()))
            return
        if verb is Verb.ROLL_BACK:
            self.latches.add(leg)
        self.told.say(verb, weight if verb in ENTERING else int(self.planes["web"]))
        entry = next(one for one in reversed(self.told.entries) if one.verb == verb)
        self.answers.append(Answer(verb, f"k{began}", revision, leg, entry.seq, began, self.tick()))
        self._ask(verb)

    def _refused(self, verb: Verb) -> bool:
        """Nothing but the way back and its end happens in a leg that is latched."""
        ended = self.told.run["state"] == State.ROLLED_BACK
        return self.latched and verb is not Verb.RESTORE and not (ended and verb is Verb.RESUME)

    def _ask(self, verb: Verb) -> None:
        if verb in {*ENTERING, Verb.ROLL_BACK}:
            self.asked = set(ROUTES)
        elif State(self.told.run["state"]) in {State.HELD, State.FROZEN}:
            self.asked = set()

    def visit(self, route: str, *, late: bool) -> None:
        """The reconciler comes by; the plane may take its time."""
        want = Decimal(0) if self.latched else self.told.desired.get(route, Decimal(0))
        order = Order(want, self.latched, route in self.asked, turn=True, previous=want)
        match decide(order, self.planes[route]):
            case Do.APPLY | Do.REPAIR:
                at = self.told.now + timedelta(milliseconds=self.tick())
                self.tried.append(Tried(route, want, at, "ok"))
                self.writes.append(Write(route, want, at))
                self.late.append((route, want))
                if not late:
                    self.land()
            case Do.CONFIRM:
                self.asked.discard(route)
                self.told.confirm(route, want)
            case Do.DRIFT:
                self.told.write(Kind.DRIFT, route=route, observed=self.planes[route])
            case Do.NOTHING | Do.WAIT:
                pass

    def land(self) -> None:
        """What was taken is applied now."""
        for route, weight in self.late:
            self.planes[route] = weight
        self.late.clear()

    def quiet(self) -> None:
        """Everything under way ends, and the reconciler comes by until nothing is left to do."""
        self.land()
        for _ in range(4):
            for route in ROUTES:
                self.visit(route, late=False)

    def night(self, *, quiet: bool = False) -> Night:
        return Night(
            entries=list(self.told.entries), plan=PLAN, head=self.told.entries[-1].hash,
            writes=self.writes, tried=self.tried, answers=self.answers,
            planes=dict(self.planes) if quiet else {},
        )  # fmt: skip


class Nights(RuleBasedStateMachine):
    """Whoever says what, whatever comes late: no law is broken."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @rule(verb=st.sampled_from(Verb), weight=st.integers(0, 100))
    def say(self, verb: Verb, weight: int) -> None:
        self.world.say(verb, weight)

    @rule()
    def go_on(self) -> None:
        """The engine's own next step, so that nights get somewhere."""
        state = State(self.world.told.run["state"])
        following = {
            State.PLANNED: Verb.START, State.SHIFTING: Verb.SETTLE, State.BAKING: Verb.OPEN_GATE,
            State.GATE: Verb.GO, State.HELD: Verb.RESUME, State.ROLLING_BACK: Verb.RESTORE,
            State.ROLLED_BACK: Verb.RESUME,
        }  # fmt: skip
        if state in following:
            self.world.say(following[state])

    @rule(route=st.sampled_from(ROUTES), late=st.booleans())
    def visit(self, route: str, late: bool) -> None:
        self.world.visit(route, late=late)

    @precondition(lambda self: self.world.late)
    @rule()
    def land(self) -> None:
        self.world.land()

    @invariant()
    def no_law_is_broken(self) -> None:
        assert broken(self.world.night()) == []

    def teardown(self) -> None:
        self.world.quiet()
        assert broken(self.world.night(quiet=True)) == []


TestNights = Nights.TestCase
TestNights.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def evening() -> World:
    """Started, settled, Go, and back."""
    world = World()
    for verb in (Verb.START, Verb.SETTLE, Verb.OPEN_GATE, Verb.GO):
        world.say(verb)
        world.quiet()
    return world


def test_a_good_evening_breaks_no_law() -> None:
    assert broken(evening().night(quiet=True)) == []


def go_of(night: Night) -> Answer:
    return next(one for one in night.answers if one.verb == Verb.GO)


def gate_with(**changes: Any) -> Night:
    """An evening whose Go was said on other evidence."""
    world = World(told=Sealed(shown=passing(**changes)))
    for verb in (Verb.START, Verb.SETTLE, Verb.OPEN_GATE, Verb.GO):
        world.say(verb)
        world.quiet()
    return world.night()


def after_the_abort() -> Night:
    world = evening()
    world.say(Verb.ROLL_BACK)
    night = world.night()
    went = go_of(night)
    later = replace(went, began=world.tick(), ended=world.tick(), leg=world.leg)
    return replace(night, answers=[*night.answers, later])


def edited() -> Night:
    night = evening().night()
    first, *rest = night.entries
    return replace(night, entries=[replace(first, sentence="all was well"), *rest])


BROKEN: dict[str, tuple[str, Callable[[], Night]]] = {
    "an entry is gone": ("dense", lambda: _changed(entries=evening().night().entries[1:])),
    "an entry was changed": ("dense", edited),
    "one key decided twice": ("once", lambda: _told_again(seq=2)),
    "one entry answers two keys": ("once", lambda: _told_again(key="another")),
    "an acknowledged decision is missing": ("once", lambda: _told_again(seq=999)),
    "an old screen went forward": ("seen", lambda: _told_again(revision=0)),
    "a Go was said after the way back": ("aborted", after_the_abort),
    "a check failed": ("passes", lambda: gate_with(status="FAIL")),
    "a check was not judged": ("passes", lambda: gate_with(status="NO_DATA")),
    "NaN passed": ("passes", lambda: gate_with(readings={"value": {"outcome": "not_finite"}})),
    "an old verdict passed": ("passes", lambda: gate_with(evaluated_age_s=60)),
    "a verdict from before the flip": ("passes", lambda: gate_with(evaluated_age_s=9)),
    "nobody knew of the check": ("passes", lambda: gate_with(check="another")),
    "a write without an attempt": ("intended", lambda: _changed(tried=[])),
    "a weight nobody decided": ("wanted", lambda: _tried(weight=Decimal(77))),
    "a write for what was over": ("wanted", lambda: _tried(flip_closed_at=BEGIN)),
    "a plane that is elsewhere": ("settled", lambda: _changed(planes={"web": Decimal(99)})),
}


def _changed(**changes: Any) -> Night:
    return replace(evening().night(quiet=True), **changes)


def _told_again(**changes: Any) -> Night:
    night = evening().night()
    return replace(night, answers=[*night.answers, replace(go_of(night), **changes)])


def _tried(**changes: Any) -> Night:
    world = evening()
    at = world.told.now + timedelta(hours=1)
    found = Tried("web", Decimal(1), at, "ok")
    return replace(world.night(), tried=[*world.tried, replace(found, **changes)])


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_night_is_seen(how: str) -> None:
    law, night = BROKEN[how]
    assert law in {one.law for one in broken(night())}


def test_a_hold_that_nobody_watched_is_seen() -> None:
    phases = [one.model_copy(update={"hold": timedelta(seconds=8)}) for one in PLAN.plan.phases]
    plan = PLAN.model_copy(update={"plan": PLAN.plan.model_copy(update={"phases": tuple(phases)})})
    world = World()
    world.say(Verb.START)
    world.say(Verb.SETTLE)
    for _ in range(9):
        world.told.write(Kind.NOTE, Verb.NOTE)
    world.say(Verb.OPEN_GATE)
    night = replace(world.night(), plan=plan)
    seen = [Looked("errors", BEGIN + timedelta(seconds=second)) for second in range(20)]
    assert broken(replace(night, looked=seen)) == []
    blink = [one for one in seen if one.at.second < 3]
    assert {one.law for one in broken(replace(night, looked=blink))} <= {"watched"}
    short = [one.model_copy(update={"hold": timedelta(minutes=1)}) for one in PLAN.plan.phases]
    plan = PLAN.model_copy(update={"plan": PLAN.plan.model_copy(update={"phases": tuple(short)})})
    assert {one.law for one in broken(replace(night, plan=plan))} == {"watched"}


def test_every_law_but_the_fold_has_a_night_that_breaks_it() -> None:
    assert {law for law, _ in BROKEN.values()} | {"watched", "fold"} == set(LAWS)


def test_a_run_that_contradicts_itself_is_seen() -> None:
    night = evening().night()
    forged = replace(night.entries[-1], kind="party")
    assert "fold" in {one.law for one in broken(replace(night, entries=[*night.entries, forged]))}
