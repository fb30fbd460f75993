"""Healthy is who reaches PostgreSQL; ready is who could commit a decision there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def ask(path: str) -> tuple[int, str]:
    answer: Any = Client().get(path)
    return answer.status_code, answer.content.decode()


def test_both_are_well() -> None:
    assert ask("/healthz") == (200, "ok\n")
    assert ask("/readyz") == (200, "ready\n")


def test_a_database_that_is_older_than_this_release_is_not_ready() -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="migrations_app").latest("id")
    newest.delete()
    status, text = ask("/readyz")
    assert (status, text) == (503, "the database is not migrated: run `manage.py migrate`\n")
    assert ask("/healthz")[0] == 200


def test_a_database_that_is_newer_is() -> None:
    """The old release serves on while the new one is rolled out."""
    MigrationRecorder.Migration.objects.create(app="migrations_app", name="9999_to_come")
    assert ask("/readyz")[0] == 200


def test_a_standby_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    status, text = ask("/readyz")
    assert status == 503
    assert "takes no writes" in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def away(*_: object) -> None:
        raise OperationalError("password=s3cret")

    monkeypatch.setattr(connection, "cursor", away)
    assert ask(path) == (503, "the database does not answer\n")


def test_it_is_cheap(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ask("/readyz")
    with django_assert_num_queries(3):  # is there a table, what is in it, may we write
        ask("/readyz")
