"""The way back without PostgreSQL: by what this machine remembers, and on the timeline later.

What happens offline is tested without access to a database: whoever asked for one would fail.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from migrations_app.actions import gate, start
from migrations_app.conductor import keep, offline, orders, seams
from migrations_app.conductor.remember import keepsake, remember
from migrations_app.conductor.take_in import take_in
from migrations_app.domain.errors import Refused
from migrations_app.domain.keepsake import Keepsake, KeptRoute
from migrations_app.domain.sealed import sealed
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Event, Latch, Membership, Route, Run
from migrations_app.models.clock import db_now
from tests.build import CLICK, at_gate, phase, room, started
from tests.commands.run import manage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Settings) -> Path:
    settings.WARROOM_KEEP_DIR = tmp_path / "keep"
    return tmp_path / "keep"


@pytest.fixture(autouse=True)
def plane() -> Iterator[FakeDriver]:
    seams.forget()
    driver = FakeDriver(FakeConfig(name="web"))
    driver.plane.heal()
    driver.apply(Decimal(25), None)
    yield driver
    driver.plane.heal()
    driver.apply(Decimal(0), None)
    seams.forget()


def kept(**changes: Any) -> Keepsake:
    route = KeptRoute("web", "fake", {"name": "web"}, 0, Decimal(0))
    found = Keepsake(
        run=7, migration="orders-db", environment="production", leg=1, people=("lee",), typed="",
        at=NOW, routes=(route,),
    )  # fmt: skip
    return Keepsake(**{name: getattr(found, name) for name in found.__slots__} | changes)


def back(*words: str, by: str = "lee") -> Any:
    told = ("--offline", "--reason", "it is on fire", "--by", by)
    return manage("rollback", "orders-db", *told, *words)


def test_the_command_goes_back_by_what_is_remembered(plane: FakeDriver) -> None:
    keep.write(kept())
    said = back()
    assert said.failed == ""
    assert "run 7 of orders-db in production" in said.out
    assert "✔ web: read back at its baseline" in said.out
    assert plane.observe().weight == 0
    assert keep.called(7, 1)
    (journal,) = keep.journals()
    told = keep.lines(journal)
    assert [line["what"] for line in told] == ["called", "confirmed", "ended"]
    assert (told[0]["by"], told[0]["reason"]) == ("lee", "it is on fire")


def test_a_file_that_was_changed_is_not_believed(place: Path, plane: FakeDriver) -> None:
    keep.write(kept())
    file = place / "7.json"
    file.write_text(file.read_text().replace('"baseline":"0"', '"baseline":"100"'))
    said = back()
    assert 'remembers no run "orders-db"' in said.failed
    assert plane.observe().weight == 25


def test_only_who_could_roll_back_may(plane: FakeDriver) -> None:
    keep.write(kept())
    assert "mallory may not roll back orders-db: lee may." in back(by="mallory").failed
    assert plane.observe().weight == 25
    assert not keep.called(7, 1)


def test_past_no_return_the_name_is_typed(plane: FakeDriver) -> None:
    keep.write(kept(typed="all"))
    assert '--typed "all"' in back().failed
    assert plane.observe().weight == 25
    assert back("--typed", "all").failed == ""
    assert plane.observe().weight == 0


def test_two_runs_of_a_migration_have_to_be_told_apart() -> None:
    keep.write(kept())
    keep.write(kept(run=8, environment="staging"))
    assert "orders-db (run 7), orders-db (run 8)" in back().failed


def test_a_route_that_is_stuck_is_said_and_does_not_stop_the_others(
    plane: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "PATIENCE_S", 0.3)
    stuck = FakeDriver(FakeConfig(name="stuck"))
    stuck.plane.inject(Faults(unreachable=True))
    routes = (KeptRoute("stuck", "fake", {"name": "stuck"}, 0, Decimal(0)), *kept().routes)
    keep.write(kept(routes=routes))
    said = back()
    stuck.plane.heal()
    assert "Not every route" in said.failed
    assert "✘ stuck:" in said.out
    assert plane.observe().weight == 0


def test_nothing_moves_that_could_not_be_written_down(
    plane: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    keep.write(kept())
    monkeypatch.setattr("migrations_app.conductor.keep.os.write", full)
    with pytest.raises(OSError, match="No space"):
        back()
    assert plane.observe().weight == 25


def test_files_are_for_us_alone(place: Path) -> None:
    keep.write(kept())
    assert place.stat().st_mode & 0o077 == 0
    assert (place / "7.json").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_every_run_that_can_go_back_is_remembered_and_no_other() -> None:
    made = at_gate(phases=[phase("one", 25)])
    assert remember() == 1
    (found,) = keep.keepsakes()
    assert (found.run, found.migration, found.leg) == (made.run_id, "orders-db", 1)
    assert set(found.people) == {"ana", "raj", "lee"}
    assert [(r.name, r.driver, r.baseline) for r in found.routes] == [("web", "fake", Decimal(0))]
    Run.objects.filter(pk=made.run_id).update(state=State.CALLED_OFF, ended_at=db_now())
    assert remember() == 0
    assert keep.keepsakes() == []


@pytest.mark.django_db
def test_secrets_are_remembered_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANE", "s3cret-name")
    made = started()
    Route.objects.filter(run=made.run_id).update(config={"name": "${env:PLANE}"})
    found = keepsake(made.run, db_now())
    assert found.routes[0].config == {"name": "${env:PLANE}"}


@pytest.mark.django_db
def test_the_journal_stands_for_the_latch_until_it_is_one() -> None:
    made = at_gate(phases=[phase("one", 25)])
    route = Route.objects.get(run=made.run_id)
    remember()
    assert orders.standing(route.pk).order.weight == 25
    assert back().failed == ""
    assert orders.standing(route.pk).order.weight == 0, "no reconciler here moves it forward"
    assert take_in() == 1
    assert not keep.called(made.run_id, 1)
    assert Latch.objects.get(run=made.run_id).actor == "lee"
    assert made.run.state == State.ROLLING_BACK
    event = Event.objects.get(run=made.run_id, kind="offline")
    assert "lee rolled back while PostgreSQL was away" in event.sentence
    assert [line["what"] for line in event.payload["journal"]] == ["called", "confirmed", "ended"]
    assert take_in() == 0
    assert orders.standing(route.pk).order.weight == 0


@pytest.mark.django_db
def test_who_lost_the_role_meanwhile_leaves_a_run_that_waits_for_people() -> None:
    made = at_gate(phases=[phase("one", 25)])
    remember()
    back()
    Membership.objects.filter(user__username="lee").delete()
    assert take_in() == 1
    assert made.run.state == State.HELD
    assert not Latch.objects.filter(run=made.run_id).exists()
    assert Event.objects.filter(run=made.run_id, kind="offline").exists()


@pytest.mark.django_db
def test_a_journal_that_cannot_be_believed_stays_and_holds(place: Path) -> None:
    made = at_gate(phases=[phase("one", 25)])
    remember()
    back()
    journal = place / f"{made.run_id}-1.journal"
    journal.write_text(journal.read_text().replace("it is on fire", "all is well"))
    assert take_in() == 0
    assert keep.called(made.run_id, 1)
    assert not Latch.objects.filter(run=made.run_id).exists()


@pytest.mark.django_db
def test_a_line_cut_off_by_a_crash_costs_that_line_alone(place: Path) -> None:
    made = at_gate(phases=[phase("one", 25)])
    remember()
    back()
    journal = place / f"{made.run_id}-1.journal"
    whole = journal.read_text()
    journal.write_text(whole[: whole.rindex('{"')] + '{"at":"2026-')
    assert take_in() == 1
    event = Event.objects.get(run=made.run_id, kind="offline")
    assert [line["what"] for line in event.payload["journal"]] == ["called", "confirmed"]


@pytest.mark.django_db
def test_a_go_in_between_is_brought_back_too() -> None:
    made = at_gate(phases=[phase("one", 25), phase("two", 50)])
    remember()
    back()
    gate.go(made.run_id, made.ana, CLICK)
    take_in()
    assert made.run.state == State.ROLLING_BACK
    assert {route.desired for route in Route.objects.filter(run=made.run_id)} == {Decimal(0)}


@pytest.mark.django_db
def test_what_never_started_is_not_remembered() -> None:
    made = room()
    assert remember() == 0
    start.call_off(made.run_id, made.ana, CLICK)
    assert remember() == 0


@pytest.mark.django_db
def test_a_busy_run_is_taken_in_later_and_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = at_gate(phases=[phase("one", 25)])
    remember()
    back()

    def busy(*_: object) -> None:
        raise Refused("busy", "The run is busy.")

    with monkeypatch.context() as patch:
        patch.setattr("migrations_app.conductor.take_in.locked", busy)
        assert take_in() == 0
    assert Latch.objects.filter(run=made.run_id).count() == 1, "the way back does not wait"
    assert keep.called(made.run_id, 1)
    with monkeypatch.context() as patch:
        patch.setattr("migrations_app.conductor.keep.taken", lambda _: None)
        assert (take_in(), take_in()) == (1, 1)
    assert Event.objects.filter(run=made.run_id, kind="offline").count() == 1


@pytest.mark.django_db
def test_whatever_lies_there_stops_nothing_and_is_complained_of_once(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place.mkdir(mode=0o700)
    (place / "1.journal").mkdir()
    (place / "2.journal").write_bytes(b"\xff\xfe\n")
    (place / "3.journal").write_text(f"{sealed({'what': 'called'}, settings.SECRET_KEY)}\n")
    assert (take_in(), take_in()) == (0, 0)
    assert sum(1 for _ in keep.journals()) == 3
    assert caplog.text.count("look at it") == 3


@pytest.mark.django_db
def test_a_call_of_an_earlier_leg_stops_no_later_one() -> None:
    made = at_gate(phases=[phase("one", 25)])
    route = Route.objects.get(run=made.run_id)
    remember()
    back()
    Run.objects.filter(pk=made.run_id).update(leg=2)
    assert orders.standing(route.pk).order.weight == 25
    assert take_in() == 1
    assert not Latch.objects.filter(run=made.run_id).exists()
    assert made.run.state == State.GATE
    assert Event.objects.filter(run=made.run_id, kind="offline").exists()
