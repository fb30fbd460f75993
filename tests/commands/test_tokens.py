"""Tokens from a shell: printed once, listed without their secret, revoked by number."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from migrations_app.reads.tokens import Scope, speaker
from tests.commands.run import manage

pytestmark = pytest.mark.django_db


def test_a_token_is_printed_once_and_speaks_for_its_person() -> None:
    User.objects.create(username="ana")
    said = manage("token", "create", "ana", "--scope", "read", "--scope", "decide", "--days", 7)
    [secret] = said.lines
    found = speaker(secret)
    assert found is not None
    assert found.username == "ana"
    assert set(found.scopes) == {Scope.READ, Scope.DECIDE}
    assert secret not in said.err
    assert "UTC" in said.err


def test_the_list_knows_no_secret() -> None:
    User.objects.create(username="ana")
    create = ("token", "create", "ana", "--scope", "evidence", "--days", 7, "--name", "smoke")
    secret = manage(*create).out.strip()
    listed = manage("token", "list")
    assert secret not in listed.out
    assert {"good", "ana", "evidence", "smoke"} <= set(listed.out.split())


def test_a_revoked_token_counts_for_nothing() -> None:
    User.objects.create(username="ana")
    secret = manage("token", "create", "ana", "--scope", "read", "--days", 7).out.strip()
    number = manage("token", "list").out.split()[0]
    assert manage("token", "revoke", number).lines == [f"✔ token {number} of ana is revoked"]
    assert speaker(secret) is None
    assert "revoked" in manage("token", "list").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "nobody", "--scope", "read", "--days", 7), "no active user"),
        (("create", "ana", "--scope", "all", "--days", 7), "invalid choice"),
        (("create", "ana", "--days", 7), "--scope"),
        (("create", "ana", "--scope", "read", "--days", 0), "from 1 to"),
        (("revoke", 404), "no token 404"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[object, ...], told: str) -> None:
    User.objects.create(username="ana")
    assert told in manage("token", *words).failed
