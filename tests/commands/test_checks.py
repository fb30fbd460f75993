"""System checks: what must not be so when a process starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import run_checks
from django.db import connection

from migrations_app import checks
from migrations_app.drivers.base import DRIVERS
from migrations_app.models import Migration
from tests.build import room

if TYPE_CHECKING:
    from pytest_django import Settings


def ids(found: list[Any]) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("key", "debug", "expected"),
    [
        ("only-for-debugging-never-for-a-server", False, ["warroom.E001"]),
        ("x" * 60, False, ["warroom.E001"]),
        ("django-insecure-0123456789abcdefghijklmnopqrstuvwxyz", False, ["warroom.E001"]),
        ("only-for-debugging-never-for-a-server", True, []),
        ("Zk3v9Qx7Lm2Rt8Wy5Ub1Nc6Hd4Jf0Gs-", False, []),
        ("Zk3v9Qx7Lm2Rt8Wy5Ub1Nc6Hd4Jf0Gs", False, ["warroom.E001"]),
    ],
)
def test_a_key_that_others_know_is_refused_outside_of_debugging(
    settings: Settings, key: str, debug: bool, expected: list[str]
) -> None:
    settings.SECRET_KEY, settings.DEBUG = key, debug
    assert ids(checks.secret_key()) == expected


@pytest.mark.parametrize(
    ("url", "debug", "expected"),
    [
        ("https://warroom.example.org", True, ["warroom.E002"]),
        ("http://10.0.0.7:8000", True, ["warroom.E002"]),
        ("http://127.0.0.1:8000", True, []),
        ("http://[::1]:8000", True, []),
        ("http://localhost:8000", True, []),
        ("https://warroom.example.org", False, []),
    ],
)
def test_debug_pages_are_for_ourselves_only(
    settings: Settings, url: str, debug: bool, expected: list[str]
) -> None:
    settings.WARROOM_URL, settings.DEBUG = url, debug
    assert ids(checks.debug_in_public()) == expected


def test_everything_installed_can_be_loaded() -> None:
    assert checks.kinds_load() == []


def test_a_kind_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = DRIVERS.builtin | {"gone": "migrations_app.drivers.gone:Gone"}
    monkeypatch.setattr(
        DRIVERS, "builtin", gone | {"odd": "migrations_app.drivers.fake.driver:Odd"}
    )
    found = checks.kinds_load()
    assert ids(found) == ["warroom.E003", "warroom.E003"]
    assert "driver gone" in found[0].msg


def database() -> list[Any]:
    found = run_checks(tags=["database"], databases=["default"])
    return [one for one in found if one.id and one.id.startswith("warroom.")]


@pytest.mark.django_db
def test_missing_triggers_are_an_error_and_powers_a_warning() -> None:
    assert ids(database()) == ["warroom.W001"]  # tests connect as the owner
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER append_only ON migrations_app_event")
    found = database()
    assert ids(found) == ["warroom.E004", "warroom.W001"]
    assert "migrations_app_event" in found[0].msg
    assert "harden" in found[1].hint


@pytest.mark.django_db
def test_a_restricted_role_and_its_triggers_are_well() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE warroom_checked")
        cursor.execute("GRANT USAGE ON SCHEMA public TO warroom_checked")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO warroom_checked")
        cursor.execute("SET ROLE warroom_checked")
        try:
            assert database() == []
        finally:
            cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_before_the_first_migration_there_is_nothing_to_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA empty_one")
        cursor.execute("SET LOCAL search_path TO empty_one")
        assert database() == []


@pytest.mark.django_db
def test_a_plan_with_a_kind_that_is_not_installed_is_told() -> None:
    room()
    assert "warroom.W002" not in ids(database())
    plan = Migration.objects.get().plan
    plan["environments"]["rehearsal"]["routes"]["web"]["driver"] = "faek"
    Migration.objects.update(plan=plan)
    found = next(one for one in database() if one.id == "warroom.W002")
    assert "orders-db" in found.msg
    assert 'Did you mean "fake"?' in found.msg


def test_without_a_database_to_ask_nothing_is_asked() -> None:
    assert checks.the_past_is_guarded() == checks.kinds_known(databases=[]) == []
