"""Each classic bug: how it is put back, the night in which it shows, and the law it breaks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from migrations_app.actions import engine, observe, once
from migrations_app.actions.lock import Locked
from migrations_app.conductor import orders
from migrations_app.conductor import reconcile as reconciling
from migrations_app.domain import gatekeeper
from migrations_app.domain.reading import Outcome
from migrations_app.domain.reconcile import Do, decide
from migrations_app.domain.verdict import trust
from migrations_app.models import Route
from migrations_app.sources.fake.script import FaultKind
from tests.build import phase
from tests.faults.mutants.scene import CHECKED, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from migrations_app.domain.reading import Reading
    from migrations_app.domain.reconcile import Order

    Put = Callable[[pytest.MonkeyPatch], None]

HOLD_S = 1.2
CARRIED = Decimal(75)


@dataclass(frozen=True)
class Bug:
    """`law`: the one that has to go red, among whatever else does."""

    name: str
    put_back: Put
    play: Callable[[Scene], None]
    law: str


# No latch: the abort is but another decision, so that a Go may come in between.


def no_latch(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Locked, "latched", lambda _: False)
    patch.setattr(orders, "_latched", lambda _: False)


def go_after_the_latch(scene: Scene) -> None:
    scene.begin()
    scene.settle()
    scene.latch()
    scene.go()
    scene.house.visit(scene.room)
    scene.bring_back()


# One-shot reconcile: what was confirmed once is never looked at again.


def one_shot(patch: pytest.MonkeyPatch) -> None:
    def once_only(order: Order, seen: Decimal | None) -> Do:
        return decide(order, seen) if order.asked else Do.NOTHING

    patch.setattr(reconciling, "decide", once_only)


def a_write_applied_late(scene: Scene) -> None:
    scene.begin()
    scene.settle()
    scene.latch()
    scene.bring_back()
    scene.house.plane().drift(CARRIED)
    scene.house.visit(scene.room, times=2)


# NaN passes: what is no number becomes zero, and zero is below every limit.


def nan_passes(patch: pytest.MonkeyPatch) -> None:
    answer = trust._answer

    def zero(reading: Reading | None, whose: str) -> tuple[float, datetime]:
        if reading is not None and reading.outcome is Outcome.NOT_FINITE:
            return 0.0, datetime.now(UTC)
        return answer(reading, whose)

    patch.setattr(trust, "_answer", zero)


def go_on_nan(scene: Scene) -> None:
    scene.begin()
    scene.settle()
    scene.house.source.fail(FaultKind.NAN)
    scene.house.read(scene.room)
    scene.go()
    scene.house.visit(scene.room, times=2)


# The weight travels in the message: who receives it late writes what was decided then.


def weight_in_the_message(patch: pytest.MonkeyPatch) -> None:
    carried: dict[int, orders.Standing] = {}
    standing, visit = orders.standing, reconciling.reconcile

    def told(route_id: int) -> orders.Standing:
        found = standing(route_id)
        if found.flip is not None and found.flip.weight == CARRIED:
            carried.setdefault(route_id, found)
        return found

    def delivered(route_id: int, *, force: bool = False) -> bool:
        with patch.context() as inside:
            if route_id in carried and not force:  # a click asks what ought to be
                inside.setattr(orders, "standing", carried.__getitem__)
                inside.setattr(reconciling, "decide", lambda *_: Do.APPLY)
            return visit(route_id, force=force)

    patch.setattr(orders, "standing", told)
    patch.setattr("tests.conductor.conftest.reconcile", delivered)


def a_message_delivered_after_the_rollback(scene: Scene) -> None:
    scene.begin()
    scene.settle()
    scene.go()
    route = Route.objects.get(run_id=scene.room.run_id)
    orders.standing(route.pk)  # the message leaves
    scene.latch()
    scene.bring_back()
    scene.house.visit(scene.room)


# A gap counts as good: the hold runs on while nobody looks.


def gap_is_good(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "blind", lambda _: False)
    patch.setattr(observe, "make_up", lambda *_: None)


def a_hold_nobody_watches(scene: Scene) -> None:
    scene.begin("0.2s", phases=[phase("half", 50, **CHECKED, hold=f"{HOLD_S}s"), phase("all", 100)])
    scene.house.visit(scene.room)
    scene.house.tick(scene.room)
    scene.house.read(scene.room)
    time.sleep(HOLD_S)
    scene.house.tick(scene.room)
    scene.house.read(scene.room)
    scene.house.tick(scene.room)
    scene.go()
    scene.house.visit(scene.room, times=2)


# The revision is not checked: a second click on an old screen decides about a gate nobody saw.


def revision_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(once, "require_fresh_screen", lambda *_: None)


def a_click_on_an_old_screen(scene: Scene) -> None:
    scene.begin()
    scene.settle()
    old = scene.room.run.revision
    scene.go(old)
    scene.settle()
    scene.go(old)
    scene.house.visit(scene.room, times=2)


# An old verdict is as good as a new one: nobody asks when it was judged.


def stale_passes(patch: pytest.MonkeyPatch) -> None:
    need = gatekeeper._check_need

    def ageless(fact: gatekeeper.CheckFact) -> gatekeeper.Need | None:
        young = gatekeeper.CheckFact(
            fact.name, fact.status, fact.sentence, timedelta(0), fact.patience
        )
        return need(young)

    patch.setattr(gatekeeper, "_check_need", ageless)


def go_on_an_old_verdict(scene: Scene) -> None:
    scene.begin("0.2s")
    scene.settle()
    time.sleep(HOLD_S)
    scene.go()
    scene.house.visit(scene.room, times=2)


BUGS = [
    Bug("no latch", no_latch, go_after_the_latch, "aborted"),
    Bug("one-shot reconcile", one_shot, a_write_applied_late, "settled"),
    Bug("NaN passes", nan_passes, go_on_nan, "passes"),
    Bug("weight carried in the message", weight_in_the_message,
        a_message_delivered_after_the_rollback, "wanted"),
    Bug("a gap counts as good", gap_is_good, a_hold_nobody_watches, "watched"),
    Bug("revision not checked on Go", revision_unchecked, a_click_on_an_old_screen, "seen"),
    Bug("old verdicts pass", stale_passes, go_on_an_old_verdict, "passes"),
]  # fmt: skip
