"""Whatever is done to a run, its timeline alone tells what its tables hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.actions import amend, engine, gate, resume, rollback, shift, start, steps
from migrations_app.actions.rollback import Back
from migrations_app.actions.shift import ReadBack
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.fold import fold
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State
from migrations_app.domain.story import differences
from migrations_app.domain.timeline import verify
from migrations_app.models import Event, Flip, Route, Run
from migrations_app.reads.story import entries_of, story_of
from tests.build import CLICK, Room, judge, phase, room, weight

if TYPE_CHECKING:
    import pytest_django

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings: pytest_django.Settings) -> None:
    """A slow hash is right for people and wrong for a hundred rooms."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


PLAN: dict[str, Any] = {
    "routes": [{"name": "web"}, {"name": "db", "rank": 1, "baseline": 5}],
    "phases": [
        phase("shadow", steps=[{"name": "look"}, {"name": "tell"}]),
        phase("canary", 10, gate={"roles": ["dri", "database"], "deadline": "0s"}),
        phase("half", 50, gate={"checks": ["errors"], "auto_advance": True}),
        {
            "name": "cut",
            "weights": {"web": 100, "db": 100},
            "point_of_no_return": True,
            "abort_policy": "freeze",
            "gate": {"roles": ["dri"]},
        },
    ],
    "environments": {
        "rehearsal": {
            "kind": "rehearsal",
            "routes": {
                "web": {"driver": "fake", "config": {"name": "web"}},
                "db": {"driver": "fake", "config": {"name": "db"}},
            },
            "sources": {"metrics": {"kind": "fake", "interval": "1s"}},
        }
    },
}
Move = Callable[[Room, int], object]


def flip_of(made: Room, at: int) -> Flip | None:
    open_flips = list(Flip.objects.filter(route__run_id=made.run_id, closed_at=None))
    return open_flips[at % len(open_flips)] if open_flips else None


def confirm(made: Room, at: int) -> None:
    if (flip := flip_of(made, at)) is not None:
        shift.confirm(flip.pk, ReadBack(flip.weight, "as asked"))


def fail(made: Room, at: int) -> None:
    if (flip := flip_of(made, at)) is not None:
        shift.fail(flip.pk, "it said no")


def unverified(made: Room, at: int) -> None:
    if (flip := flip_of(made, at)) is not None:
        shift.unverified(flip.pk, "it still shows something else")


def drift(made: Room, at: int) -> None:
    routes = list(Route.objects.filter(run_id=made.run_id))
    if routes:
        route = routes[at % len(routes)]
        shift.drifted(route.pk, route.lease_epoch, ReadBack(weight(at % 101), "somebody"))


def in_line(made: Room, at: int) -> None:
    for route in Route.objects.filter(run_id=made.run_id):
        shift.back_in_line(route.pk, ReadBack(route.desired, "again"))


def go(made: Room, at: int) -> None:
    gate.go(made.run_id, made.ana, CLICK, gate.Going(typed="cut"))


def back(made: Room, at: int) -> None:
    rollback.latch(made.run_id, made.lee, Back(reason="enough", typed=phase_name(made.run)))
    if at % 2:
        rollback.write_down(made.run_id)


def phase_name(run: Run) -> str:
    return str(PLAN["phases"][run.phase]["name"]) if run.phase >= 0 else ""


def again(made: Room, at: int) -> None:
    names = [str(one["name"]) for one in PLAN["phases"]]
    resume.resume(made.run_id, made.ana, CLICK, names[at % len(names)] if at % 3 else "")


def amended(made: Room, at: int) -> None:
    migration = made.run.migration
    migration.plan = migration.plan | {"title": f"Orders, take {at}"}
    migration.save()
    amend.amend(made.run_id, made.ana, Click(reason="a better title"))


def sign(made: Room, at: int) -> None:
    actor, role = [(made.ana, Role.DRI), (made.raj, Role.DATABASE)][at % 2]
    gate.sign_off(made.run_id, actor, CLICK, role)


MOVES: dict[str, Move] = {
    "start": lambda made, _: start.start(made.run_id, made.ana, CLICK),
    "call_off": lambda made, _: start.call_off(made.run_id, made.ana, Click(reason="no")),
    "tick": lambda made, _: engine.tick(made.run_id),
    "hold": lambda made, _: engine.hold(made.run_id, "the engine is unsure", "test"),
    "freeze": lambda made, _: engine.freeze(made.run_id, "past the point", {}),
    "write_down": lambda made, _: rollback.write_down(made.run_id),
    "complete": lambda made, _: gate.complete(made.run_id, made.ana, CLICK),
    "no_go": lambda made, _: gate.no_go(made.run_id, made.raj, Click(reason="not yet")),
    "step": lambda made, at: steps.complete_step(
        made.run_id, made.lee, CLICK, ["look", "tell"][at % 2]
    ),
    "note": lambda made, _: steps.note(made.run_id, made.raj, Click(reason="I saw it")),
    "pass": lambda made, at: judge(made.run_id, "errors", "PASS" if at % 4 else "FAIL"),
    "confirm": confirm,
    "fail": fail,
    "unverified": unverified,
    "drift": drift,
    "in_line": in_line,
    "go": go,
    "back": back,
    "again": again,
    "sign": sign,
    "amend": amended,
}
ONWARD = {
    State.PLANNED: ["start"],
    State.SHIFTING: ["confirm"],
    State.BAKING: ["step", "tick"],
    State.GATE: ["pass", "sign", "go", "tick", "sign", "complete"],
    State.ROLLING_BACK: ["confirm"],
    State.COMPLETED: ["back"],
}


def on(made: Room, at: int) -> None:
    """What somebody sensible would do next."""
    likely = ONWARD.get(State(made.run.state), ["again"])
    MOVES[likely[at % len(likely)]](made, at)


MOVES["on"] = on
PLAYED = st.tuples(
    st.one_of(st.just("on"), st.just("on"), st.sampled_from(sorted(MOVES))), st.integers(0, 30)
)


def assert_told(run_id: int) -> None:
    run = Run.objects.get(pk=run_id)
    entries = list(entries_of(run_id))
    assert verify(entries, run.head_hash) == []
    assert len(entries) == run.seq
    assert differences(fold(entries), story_of(run)) == []


def play(made: Room, moves: list[tuple[str, int]]) -> None:
    for name, at in moves:
        try:
            MOVES[name](made, at)
        except Refused:
            continue
        assert_told(made.run_id)


@given(st.lists(PLAYED, min_size=20, max_size=45))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_night_is_told_by_its_timeline_alone(moves: list[tuple[str, int]]) -> None:
    with Undone():
        play(room(**PLAN), [("start", 0), *moves])


class Undone(transaction.Atomic):
    """A transaction that is undone, so that every example begins with empty tables."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True  # durable transactions may begin inside it, as in a test case

    def __exit__(self, *exc: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*exc)


READY = "start confirm confirm tick step:0 step:1 sign:0"
CANARY = "confirm tick sign:0 sign:1"
LATE = "confirm confirm tick tick"
BACK = "complete back:1 confirm confirm"
NIGHTS = {
    "forward to the end, and back": (
        f"{READY} go {CANARY} go confirm tick pass:1 go confirm confirm tick {BACK}",
        {"completed", "rollback", "restored", "go", "signed_off"},
    ),
    "stopped on the way, and called off": (
        f"{READY} go no_go again:0 fail confirm {BACK} again:1 hold again:0 {LATE} {BACK} call_off",
        {"no_go", "shift_failed", "resumed", "held", "gate_expired", "called_off"},
    ),
    "drifting and frozen": (
        f"{READY} amend drift:7 in_line again:0 unverified confirm confirm freeze again:0 note",
        {"drift", "drift_gone", "weight_unverified", "frozen", "note", "amended"},
    ),
}


@pytest.mark.parametrize("name", NIGHTS)
def test_this_night_is_told_by_its_timeline_alone(name: str) -> None:
    night, expected = NIGHTS[name]
    made = room(**PLAN)
    moves = [move.partition(":") for move in night.split()]
    play(made, [(move, int(at or 0)) for move, _, at in moves])
    kinds = set(Event.objects.filter(run_id=made.run_id).values_list("kind", flat=True))
    assert expected <= kinds
