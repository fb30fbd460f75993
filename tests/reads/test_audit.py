"""A run's past is checked against itself and against the tables, whoever edited which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from migrations_app.actions import gate
from migrations_app.domain import export
from migrations_app.models import Run
from migrations_app.reads.audit import audit
from tests.build import CLICK, Room, at_gate, confirm_all, judge
from tests.outside import export_of

if TYPE_CHECKING:
    from migrations_app.domain.finding import Finding


def a_night() -> Room:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    gate.go(room.run_id, room.ana, CLICK)
    confirm_all(room.run_id)
    return room


def tamper(statement: str) -> None:
    """What only a superuser can do: switch the triggers off, and edit the past."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def wrong(findings: list[Finding]) -> list[str]:
    return [one.what for one in findings if not one.ok]


@pytest.mark.django_db
def test_a_night_as_it_was_is_whole() -> None:
    room = a_night()
    findings = audit(room.run_id, room.run.head_hash)
    assert [one.what for one in findings] == ["chain", "head", "tables"]
    assert wrong(findings) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE migrations_app_event SET sentence = 'all was well' WHERE seq = 4", ["chain"]),
        ("UPDATE migrations_app_event SET payload = '{}' WHERE kind = 'go'", ["chain", "story"]),
        ("DELETE FROM migrations_app_event WHERE kind = 'settled'", ["chain", "story"]),
        ("UPDATE migrations_app_run SET head_hash = 'ff'", ["chain"]),
        ("UPDATE migrations_app_run SET state = 'completed'", ["tables"]),
        ("UPDATE migrations_app_run SET revision = 99", ["tables"]),
        ("UPDATE migrations_app_run SET plan = '{}'", ["tables"]),
        ("UPDATE migrations_app_route SET desired = 100", ["tables"]),
        ("UPDATE migrations_app_gate SET outcome = 'no_go' WHERE outcome = 'go'", ["tables"]),
        ("UPDATE migrations_app_flip SET weight = 7 WHERE confirmed_at IS NOT NULL", ["tables"]),
    ],
)
def test_what_somebody_edited_shows(statement: str, found: list[str]) -> None:
    room = a_night()
    tamper(statement)
    assert wrong(audit(room.run_id)) == found


@pytest.mark.django_db
def test_a_rewritten_end_shows_to_whoever_noted_the_hash() -> None:
    room = a_night()
    assert wrong(audit(room.run_id, "0" * 64)) == ["head"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrations_app.reads.export._PAGE", 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_pages")
def test_the_export_says_the_same_anywhere() -> None:
    room = a_night()
    document = export.Document.model_validate(json.loads(export_of(room.run_id)))
    assert wrong(export.audit(document, room.run.head_hash)) == []
    assert len(document.entries) == room.run.seq > 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_pages")
def test_the_export_of_a_timeline_with_a_hole_is_still_a_document() -> None:
    room = a_night()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM migrations_app_event WHERE seq <= 4")
        cursor.execute("SET session_replication_role = origin")
    document = export.Document.model_validate(json.loads(export_of(room.run_id)))
    assert "chain" in wrong(export.audit(document))


@pytest.mark.django_db
def test_there_is_nothing_to_say_of_a_run_that_is_not_there() -> None:
    with pytest.raises(Run.DoesNotExist):
        audit(404)
