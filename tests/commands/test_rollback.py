"""The way back from a shell, with nothing but PostgreSQL and the planes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate
from migrations_app.conductor import hints, seams
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Decision, Latch, Run
from tests.build import CLICK, at_gate, confirm_all, judge, phase, room, started
from tests.commands.run import manage

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plane() -> Iterator[FakeDriver]:
    seams.forget()
    driver = FakeDriver(FakeConfig(name="web"))
    yield driver
    driver.plane.heal()
    seams.forget()


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked for the broker here would fail."""
    monkeypatch.delattr(hints, "poke")


def test_every_route_is_told_with_its_three_moments() -> None:
    made = started()
    said = manage("rollback", "orders-db", "--reason", "p95 rises", "--by", "lee")
    assert said.failed == ""
    assert said.lines[0] == f"run {made.run_id} of orders-db in rehearsal:"
    assert said.lines[1].startswith("✔ web: requested ")
    assert said.lines[1].count(" UTC") == 3
    assert made.run.state == State.ROLLED_BACK
    decision = Decision.objects.get(verb="roll_back")
    assert (decision.actor, decision.via, decision.reason) == ("lee", "cli", "p95 rises")


def test_what_is_not_confirmed_fails_and_says_who_goes_on(plane: FakeDriver) -> None:
    made = at_gate(phases=[phase("one", 25)])
    plane.plane.inject(Faults(unreachable=True))
    said = manage("rollback", made.run_id, "--reason", "now", "--by", "lee")
    assert "keeps trying" in said.failed
    assert said.lines[1].startswith("✘ web: requested ")
    assert "confirmed not yet" in said.lines[1]
    assert Latch.objects.filter(run_id=made.run_id).exists()


def test_past_the_point_of_no_return_a_name_is_typed() -> None:
    made = at_gate(phases=[phase("one"), phase("cut", 100, point_of_no_return=True)])
    judge(made.run_id, "errors", "PASS")
    gate.go(made.run_id, made.ana, CLICK, gate.Going(typed="cut"))
    confirm_all(made.run_id)
    words = ("rollback", made.run_id, "--reason", "it burns", "--by", "ana")
    assert 'type "cut"' in manage(*words).failed
    assert not Latch.objects.exists()
    manage(*words, "--typed", "cut")
    assert Latch.objects.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("orders-db", "--reason", "x", "--by", "oz"), "takes one of these roles"),
        (("orders-db", "--reason", "x", "--by", "nobody"), "no active user"),
        (("orders", "--reason", "x", "--by", "lee"), "no live run"),
        (("987654", "--reason", "x", "--by", "lee"), "There is no run 987654"),
        (("orders-db", "--by", "lee"), "--reason"),
    ],
)
def test_what_is_missing_is_said(words: tuple[str, ...], told: str) -> None:
    started()
    assert told in manage("rollback", *words).failed
    assert not Latch.objects.exists()


def test_a_run_that_never_started_has_nothing_to_bring_back() -> None:
    made = room()
    said = manage("rollback", made.run_id, "--reason", "x", "--by", "lee")
    assert "has not started" in said.failed


def test_two_live_runs_have_to_be_told_apart() -> None:
    made = started()
    Run.objects.create(
        migration=made.run.migration, environment="production", kind="production",
        plan=made.run.plan, plan_sha256="", state="baking",
    )  # fmt: skip
    said = manage("rollback", "orders-db", "--reason", "x", "--by", "lee")
    assert "several live runs" in said.failed


def test_a_run_that_completed_is_found_by_its_slug() -> None:
    made = started()
    Run.objects.filter(pk=made.run_id).update(state="completed")
    said = manage("rollback", "orders-db", "--reason", "x", "--by", "lee")
    assert said.lines[0] == f"run {made.run_id} of orders-db in rehearsal:"
