"""The reconciler against a fake plane that fails on demand and keeps its own log."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate, resume
from migrations_app.conductor import lease as leases
from migrations_app.conductor import orders
from migrations_app.conductor.reconcile import reconcile
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Attempt, Event, Flip, Route
from migrations_app.reads.gate import gate_view
from tests.build import CLICK, phase
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from migrations_app.drivers.base import Observed
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db

TWO = [
    {"name": "shadow", "gate": {"roles": ["dri"]}},
    {"name": "ten", "weights": {"web": 10, "reads": 10}, "gate": {"roles": ["dri"]}},
]


def at_one(house: House) -> Room:
    """Entered canary-1, nothing moved yet."""
    made = house.started(phases=[phase("shadow"), phase("canary-1", 1), phase("half", 50)])
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    return made


def test_a_click_moves_a_weight_and_reads_it_back(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    assert house.weights() == [1]
    flip = Flip.objects.latest("id")
    assert flip.requested_at <= flip.applied_at <= flip.confirmed_at  # type: ignore[operator]  # set
    assert made.run.state == State.BAKING
    assert Attempt.objects.get(flip=flip).outcome == "ok"
    assert_whole(made.run_id)


def test_an_answer_that_never_came_is_read_back_not_failed(house: House) -> None:
    made = at_one(house)
    house.plane().inject(Faults(time_out=True, times=1))
    house.visit(made)
    assert made.run.state == State.BAKING
    assert Attempt.objects.latest("id").outcome == "unknown"
    assert len([w for w in house.plane().writes() if w.weight == 1]) == 1


def test_an_acknowledgement_alone_confirms_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_one(house)
    house.plane().inject(Faults(lying=True))
    house.visit(made)
    assert made.run.state == State.SHIFTING
    assert house.open_flips(made) == 1
    monkeypatch.setattr(orders, "late", lambda *_: True)
    house.visit(made)
    assert made.run.state == State.HELD
    assert "still shows" in made.run.why


def test_a_refusal_stops_the_phase_and_says_so(house: House) -> None:
    made = at_one(house)
    house.plane().inject(Faults(refuse=True, times=1))
    house.visit(made)
    assert made.run.state == State.HELD
    assert "refuses" in made.run.why
    house.visit(made)
    assert house.weights() == [0]
    resume.resume(made.run_id, made.ana, CLICK)
    house.visit(made)
    assert (house.weights(), made.run.state) == ([1], State.BAKING)


def test_routes_move_in_order_and_are_compensated_when_one_fails(house: House) -> None:
    made = house.started("web", "reads", phases=TWO)
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    house.plane("reads").inject(Faults(refuse=True, times=1))
    reads = Route.objects.get(run_id=made.run_id, name="reads")
    reconcile(reads.pk)
    assert house.weights("web", "reads") == [0, 0], "reads waits for web"
    house.visit(made)
    assert made.run.state == State.HELD
    assert house.weights("web", "reads") == [10, 0]
    house.visit(made, times=2)
    assert house.weights("web", "reads") == [0, 0]
    assert house.open_flips(made) == 0
    assert "shift_failed" in house.kinds(made)
    order = Flip.objects.filter(purpose="compensate").order_by("position")
    assert [flip.route.name for flip in order] == ["reads", "web"]


def test_somebody_elses_move_is_shown_held_and_never_overwritten(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    house.plane().drift(Decimal(40))
    house.visit(made, times=3)
    assert house.weights() == [40]
    assert made.run.state == State.HELD
    assert house.kinds(made).count("drift") == 1
    assert Route.objects.get(run_id=made.run_id).drift_since is not None
    assert house.desired(made) == {"web": Decimal(1)}, "never adopted"


def test_a_move_that_nobody_noticed_yet_is_not_overwritten_by_a_go(house: House) -> None:
    made = house.started(phases=[phase("one", 1), phase("half", 50)])
    house.settle(made)
    house.plane().drift(Decimal(40))
    gate.go(made.run_id, made.ana, CLICK)
    house.visit(made, times=3)
    assert house.weights() == [40]
    assert made.run.state == State.HELD
    assert house.kinds(made).count("drift") == 1
    assert house.desired(made) == {"web": Decimal(1)}, "never adopted"


def test_what_drifts_before_its_turn_is_not_adopted_by_the_hold(house: House) -> None:
    weights = {"web": 5, "flag": 5}
    made = house.started("web", "flag", phases=[{"name": "one", "weights": weights}])
    house.plane("web").inject(Faults(unreachable=True))
    house.plane("flag").drift(Decimal(40))
    house.visit(made, times=4)
    house.plane("web").heal()
    assert house.weights("flag") == [40]
    assert made.run.state == State.HELD
    assert house.desired(made)["flag"] == 0
    assert "drift_gone" not in house.kinds(made)


def test_a_run_is_not_resumed_over_what_somebody_else_set(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    house.plane().drift(Decimal(0))
    house.visit(made)
    assert made.run.state == State.HELD
    with pytest.raises(Refused, match="bring it back to 1 %, or roll back"):
        resume.resume(made.run_id, made.ana, CLICK)
    house.plane().drift(Decimal(1))
    house.visit(made)
    resume.resume(made.run_id, made.ana, CLICK)
    assert made.run.state == State.SHIFTING


def test_drift_that_goes_away_by_itself_is_noted(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    house.plane().drift(Decimal(40))
    house.visit(made)
    house.plane().drift(Decimal(1))
    house.visit(made)
    assert house.kinds(made)[-1] == "drift_gone"
    assert Route.objects.get(run_id=made.run_id).drift_since is None


def test_a_plane_that_cannot_be_read_is_trouble_and_blocks_go(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    house.tick(made)
    house.plane().inject(Faults(unreachable=True))
    house.visit(made, times=2)
    assert house.kinds(made).count("trouble") == 1
    view = gate_view(made.run, made.run.started_at)  # type: ignore[arg-type]  # started
    assert view is not None
    assert any(need.code == "route" for need in view.needs)
    house.plane().heal()
    house.visit(made)
    assert house.kinds(made)[-1] == "trouble_gone"


def test_one_at_a_time_and_the_late_do_not_write(house: House) -> None:
    made = at_one(house)
    route = Route.objects.get(run_id=made.run_id)
    lease = leases.take(route.pk)
    assert lease is not None
    assert leases.take(route.pk) is None
    assert reconcile(route.pk) is False
    forced = leases.take(route.pk, force=True)
    assert forced is not None
    assert forced.epoch == lease.epoch + 1
    leases.give_back(lease, 1.0)
    assert leases.take(route.pk) is None, "the one that was taken over gives nothing back"
    leases.give_back(forced, 1.0)
    assert leases.take(route.pk) is not None


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at a plane takes longer than a lease is fresh."""
    monkeypatch.setattr(leases.Lease, "fresh", lambda _: False)


def test_a_process_that_was_held_up_until_somebody_took_over_does_not_write(
    house: House, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_one(house)
    [route] = made.run.routes.all()
    observe = FakeDriver.observe

    def overtaken(driver: FakeDriver) -> Observed:
        leases.take(route.pk, force=True)
        return observe(driver)

    monkeypatch.setattr(FakeDriver, "observe", overtaken)
    house.visit(made)
    assert house.weights() == [0]
    assert Attempt.objects.latest("id").outcome == "fenced"


def test_a_plane_that_is_slow_to_look_at_is_written_all_the_same(house: House, slow: None) -> None:
    """A cloud takes seconds for an answer: its lease is renewed before the write."""
    made = at_one(house)
    house.visit(made)
    assert house.weights() == [1]
    assert Attempt.objects.latest("id").outcome == "ok"


def test_holding_here_leaves_the_weights_where_they_are(house: House) -> None:
    made = at_one(house)
    gate.no_go(made.run_id, made.ana, Click(reason="wait for the other team"))
    house.visit(made, times=2)
    assert house.weights() == [0]
    assert "drift" not in house.kinds(made)
    resume.resume(made.run_id, made.ana, CLICK)
    house.visit(made)
    assert house.weights() == [1]


def test_a_hold_at_the_gate_keeps_the_time_already_baked(house: House) -> None:
    made = at_one(house)
    house.visit(made)
    began = made.run.hold_from
    gate.no_go(made.run_id, made.ana, Click(reason="a moment"))
    resume.resume(made.run_id, made.ana, CLICK)
    house.visit(made)
    assert made.run.hold_from == began


def test_every_write_belongs_to_an_attempt_with_its_intent(house: House) -> None:
    made = at_one(house)
    house.visit(made, times=2)
    written = [write.weight for write in house.plane().writes()]
    intended = list(
        Attempt.objects.filter(route__run_id=made.run_id).values_list("weight", flat=True)
    )
    assert written == intended
    confirmed = Event.objects.filter(run_id=made.run_id, kind="weight_confirmed")
    assert confirmed.count() == 2
