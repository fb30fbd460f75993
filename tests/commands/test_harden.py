"""A restricted role runs a whole night, and can't touch the past; nor can the owner."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from migrations_app.actions import gate, resume, rollback
from migrations_app.actions.rollback import Back
from migrations_app.actions.tokens import issue
from migrations_app.conductor.beat import beat
from migrations_app.domain.states import State
from migrations_app.management.grants import ALL, KEEP, privileges
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.rights import TABLES, rights
from migrations_app.reads.room import room as shown
from migrations_app.reads.tokens import Scope
from tests.build import CLICK, at_gate, confirm_all, judge
from tests.commands.run import manage

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = f"warroom_app_{os.getpid()}"
PASSWORD = "only-for-this-test"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    execute(f"SET ROLE {role}")
    try:
        yield
    finally:
        execute("RESET ROLE")


def refused(statement: str) -> str:
    """The SQLSTATE with which PostgreSQL refuses it."""
    with pytest.raises(Error) as caught, transaction.atomic():
        execute(statement)
    return str(getattr(caught.value.__cause__, "sqlstate", ""))


@pytest.fixture
def role() -> str:
    """Made and gone with the test's transaction."""
    execute(f"CREATE ROLE {ROLE} LOGIN")
    said = manage("harden", ROLE)
    assert said.failed == ""
    return ROLE


@pytest.mark.django_db
def test_a_whole_night_works_as_the_restricted_role(role: str) -> None:
    with acting_as(role):
        assert rights().restricted
        made = at_gate()
        judge(made.run_id, "errors", "PASS")
        gate.go(made.run_id, made.ana, CLICK)
        confirm_all(made.run_id)
        rollback.latch(made.run_id, made.lee, Back(reason="p95"))
        rollback.write_down(made.run_id)
        confirm_all(made.run_id)
        resume.resume(made.run_id, made.ana, CLICK, "full")
        confirm_all(made.run_id)
        judge(made.run_id, "errors", "PASS")
        gate.complete(made.run_id, made.ana, CLICK)
        assert Run.objects.get(pk=made.run_id).state == State.COMPLETED
        assert shown(made.run_id).head.state is State.COMPLETED
        assert manage("verify", made.run_id).failed == ""
        issue("ana", "ci", [Scope.READ], 1)
        beat("poller")
        Session.objects.create(session_key="k", session_data="", expire_date=db_now())
        Session.objects.all().delete()
        assert MigrationRecorder(connection).applied_migrations()


INSUFFICIENT = "42501"
APPEND_ONLY = "23001"  # restrict_violation, raised by the triggers


EDITS = (
    "UPDATE <table> SET id = id",
    "DELETE FROM <table>",
    "TRUNCATE <table>",
    "ALTER TABLE <table> DISABLE TRIGGER ALL",
    "DROP TABLE <table>",
)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_restricted_role_can_only_add_to_what_happened(role: str, table: str) -> None:
    with acting_as(role):
        for statement in EDITS:
            assert refused(statement.replace("<table>", table)) == INSUFFICIENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "TRUNCATE migrations_app_run CASCADE",
        "DELETE FROM migrations_app_run",
        "DELETE FROM migrations_app_migration",
        "ALTER TABLE migrations_app_run ADD COLUMN mine int",
        "DROP FUNCTION warroom_append_only() CASCADE",
        "UPDATE django_migrations SET name = name",
        "SET session_replication_role = replica",
    ],
)
def test_the_restricted_role_changes_no_shape_and_empties_nothing(
    role: str, statement: str
) -> None:
    with acting_as(role):
        assert refused(statement) == INSUFFICIENT


@pytest.mark.django_db
def test_hardening_takes_back_what_somebody_gave_and_may_be_repeated(role: str) -> None:
    execute(f"GRANT ALL ON migrations_app_event TO {role}")
    execute("GRANT UPDATE ON migrations_app_event TO PUBLIC")
    with acting_as(role):
        assert rights().edits == ("migrations_app_event",)
    for _ in range(2):
        assert manage("harden", role).failed == ""
    with acting_as(role):
        assert rights().restricted


@pytest.mark.django_db
def test_the_owner_is_stopped_by_the_triggers() -> None:
    at_gate()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(f"CREATE ROLE {ROLE}")
    execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    for table in ("event", "latch"):
        execute(f"ALTER TABLE migrations_app_{table} OWNER TO {ROLE}")
    with acting_as(ROLE):
        found = rights()
        assert (found.owner, found.restricted) == (True, False)
        assert refused("UPDATE migrations_app_event SET sentence = ''") == APPEND_ONLY
        assert refused("DELETE FROM migrations_app_event") == APPEND_ONLY
        assert refused("TRUNCATE migrations_app_latch") == APPEND_ONLY
    assert Event.objects.exclude(sentence="").exists()


@pytest.mark.django_db
def test_a_switched_off_trigger_shows() -> None:
    assert rights().unguarded == ()
    execute("ALTER TABLE migrations_app_latch DISABLE TRIGGER append_only")
    execute("DROP TRIGGER append_only_whole ON migrations_app_event")
    assert rights().unguarded == ("migrations_app_event", "migrations_app_latch")


@pytest.mark.django_db
def test_roles_that_cannot_be_held_back_are_refused(role: str) -> None:
    assert 'CREATE ROLE "nobody_at_all"' in manage("harden", "nobody_at_all").failed
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        ourselves = cursor.fetchone()[0]
    assert "who you are now" in manage("harden", ourselves).failed
    execute(f"ALTER ROLE {role} CREATEROLE")
    assert "powers" in manage("harden", role).failed
    execute(f"ALTER ROLE {role} NOCREATEROLE")
    execute(f"ALTER TABLE migrations_app_beat OWNER TO {role}")
    execute(f"ALTER TABLE migrations_app_event OWNER TO {role}")
    assert "owns the tables" in manage("harden", role).failed


@pytest.mark.django_db
def test_only_the_owner_hardens(role: str) -> None:
    execute(f"CREATE ROLE {ROLE}_more")
    with acting_as(role):
        assert "as the owner" in manage("harden", f"{ROLE}_more").failed


def test_every_table_is_classified() -> None:
    known = privileges()
    assert set(TABLES) < known.keys()
    assert {"migrations_app_run", "django_session", "auth_user_groups"} < known.keys()
    assert known["migrations_app_run"] == KEEP
    assert known["migrations_app_check"] == known["django_session"] == ALL
    assert known["django_migrations"] == ("SELECT",)


@pytest.mark.django_db
def test_the_list_of_what_happened_is_the_one_the_triggers_guard() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded == set(TABLES)


@pytest.mark.django_db(transaction=True)
def test_a_login_of_that_role_is_held_back_too() -> None:
    at_gate()
    execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
    try:
        assert manage("harden", ROLE).failed == ""
        with logged_in() as session:
            assert count(session) == Event.objects.count() > 0
            for verb in ("UPDATE migrations_app_event SET sentence = ''", "TRUNCATE auth_user"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(verb)
    finally:
        execute(f"DROP OWNED BY {ROLE}")
        execute(f"DROP ROLE {ROLE}")


def logged_in() -> psycopg.Connection[tuple[int]]:
    there = connection.settings_dict
    return psycopg.connect(
        host=there["HOST"], port=there["PORT"], dbname=there["NAME"], user=ROLE,
        password=PASSWORD, autocommit=True,
    )  # fmt: skip


def count(session: psycopg.Connection[tuple[int]]) -> int:
    row = session.execute("SELECT count(*) FROM migrations_app_event").fetchone()
    assert row is not None
    return row[0]
