"""People and their roles from a shell."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User

from migrations_app.management.commands import people
from migrations_app.models import Membership
from tests.build import room
from tests.commands.run import manage

pytestmark = pytest.mark.django_db

GOOD = "correct horse battery"


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(text))


def test_a_new_person_can_log_in_and_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, f"{GOOD}\n")
    said = manage("people", "add", "kim")
    assert said.lines == ["✔ kim can log in, and holds no role yet"]
    kim = User.objects.get(username="kim")
    assert kim.check_password(GOOD)
    assert (kim.is_staff, kim.is_superuser) == (False, False)
    assert GOOD not in said.out + said.err


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [
        ("kim", "short", "too short"),
        ("kim", "", "too short"),
        ("kim park", GOOD, "valid username"),
        ("ana", GOOD, "already"),
    ],
)
def test_a_bad_name_or_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str, told: str
) -> None:
    User.objects.create(username="ana")
    typed(monkeypatch, password)
    assert told in manage("people", "add", name).failed
    assert User.objects.count() == 1


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([GOOD, "something else", GOOD, GOOD])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(people, "getpass", lambda _: next(answers))
    assert "not the same" in manage("people", "add", "kim").failed
    assert manage("people", "add", "kim").failed == ""


def test_a_role_is_given_seen_and_taken_away() -> None:
    room()
    given = manage("people", "grant", "orders-db", "oz", "comms_lead", "--backup")
    assert given.lines == ["✔ oz is now comms lead of orders-db"]
    assert "already" in manage("people", "grant", "orders-db", "oz", "comms_lead").out
    User.objects.filter(username="raj").update(is_active=False)
    listed = manage("people", "list", "orders-db").out
    assert "dri             ana" in listed
    assert "raj (inactive)" in listed
    taken = manage("people", "revoke", "orders-db", "oz", "comms_lead")
    assert taken.lines == ["✔ oz is no longer comms lead of orders-db"]
    assert not Membership.objects.filter(user__username="oz").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("grant", "orders-db", "nobody", "dri"), "no user"),
        (("grant", "nothing", "ana", "dri"), "Known: orders-db"),
        (("grant", "orders-db", "ana", "king"), "invalid choice"),
        (("revoke", "orders-db", "oz", "dri"), "oz is not dri"),
        (("list", "nothing"), "Known: orders-db"),
    ],
)
def test_what_is_not_there_is_said(words: tuple[str, ...], told: str) -> None:
    room()
    assert told in manage("people", *words).failed
