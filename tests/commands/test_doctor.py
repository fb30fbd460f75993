"""`doctor`: one line a thing, and an exit code that scripts can trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor import doctor, doctor_house
from migrations_app.conductor.doctor_words import Part, ill, mind, well
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from tests.build import room
from tests.commands.run import manage

if TYPE_CHECKING:
    from pathlib import Path

    from migrations_app.conductor.doctor_words import Said

pytestmark = pytest.mark.django_db


def house(monkeypatch: pytest.MonkeyPatch, *said: Said) -> None:
    monkeypatch.setattr(doctor, "house", lambda: [Part("House", said)])
    monkeypatch.setattr("migrations_app.management.commands.doctor.house", doctor.house)


def test_only_what_is_wrong_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    house(monkeypatch, well("one", "is fine"), mind("two", "could be better"))
    said = manage("doctor")
    assert said.failed == ""
    assert said.lines[:3] == ["House", "  ✔ one: is fine", "  ! two: could be better"]
    assert "Name a migration" in said.lines[3]
    house(monkeypatch, ill("one", "is not"), ill("two", "is not either"))
    assert manage("doctor").failed == "2 things are wrong."


def test_a_migration_is_looked_at_by_its_slug(monkeypatch: pytest.MonkeyPatch) -> None:
    house(monkeypatch)
    FakeSource(FakeConfig()).set("errors", 0.0)
    room()
    said = manage("doctor", "orders-db", "--environment", "rehearsal")
    assert {"rehearsal: routes", "rehearsal: sources"} <= set(said.lines)
    assert "  ✔ errors: reads 0 % now" in said.lines


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing",), "There is no migration"),
        (("orders-db", "--environment", "staging"), "Known: rehearsal"),
        (("nowhere.yaml",), "can't be read"),
    ],
)
def test_what_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    house(monkeypatch)
    room()
    assert told in manage("doctor", *words).failed


def test_a_runbook_that_cannot_be_read_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house(monkeypatch)
    file = tmp_path / "plan.yaml"
    file.write_text("migration: x\ntitel: y\n")
    assert "line 2" in manage("doctor", file).failed


def test_the_house_is_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_house, "workers", lambda: [well("queue traffic", "taken from")])
    titles = [part.title for part in doctor.house()]
    assert titles == ["Settings", "PostgreSQL", "Redis", "Processes"]


def test_what_hangs_on_something_that_is_away_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor_house, "broker", lambda _: [ill("redis", "is away")])
    monkeypatch.setattr(doctor_house, "database", lambda: [ill("connection", "is away")])
    processes = list(doctor.house())[-1].said
    assert [one.what for one in processes] == ["workers", "pollers"]
    assert not any(one.wrong for one in processes)
