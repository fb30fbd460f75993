"""Who gets in: every address, every role, every method. An address nobody thought of fails here."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.domain.states import WHO
from migrations_app.reads.room import room
from tests.web import build
from tests.web.doors import CLICKS, EXEMPT, OF_A_MIGRATION, OWN, PAGES, PUBLIC, Address, addresses
from tests.web.things import everything, others, strangers_to_us, team

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("get", "post")
LOGIN = "/login/?next="
_CLOSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_FOUND}
"""How the API answers people without a token: which of these is `tests/api`'s to say."""


def signed_in(name: str, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
    client.force_login(User.objects.get_or_create(username=name)[0])
    return client


def ask(client: Client, method: str, path: str, **headers: str) -> Any:
    return getattr(client, method)(path, headers=headers)


def ours(*, but: frozenset[str] = frozenset()) -> list[Address]:
    """Every address but those of the API, which has tokens, and of Django's admin."""
    kept = [one for one in addresses() if not (one.of_the_api or one.of_the_admin)]
    return [one for one in kept if one.name not in but]


def test_every_address_is_classified() -> None:
    known = PUBLIC.keys() | OWN | OF_A_MIGRATION
    left = {one.name: one.pattern for one in ours() if not one.of_a_run and one.name not in known}
    assert not left, "say in tests/web/doors.py whom these are for: PUBLIC, OWN or OF_A_MIGRATION"
    unknown = {one.name for one in ours() if one.of_a_run} - PAGES - CLICKS.keys()
    assert not unknown, "say in tests/web/doors.py what these are: PAGES, or CLICKS and which verb"


def test_the_table_names_nothing_that_is_not_there() -> None:
    named = PUBLIC.keys() | OWN | OF_A_MIGRATION | PAGES | CLICKS.keys() | EXEMPT.keys()
    assert named <= {one.name for one in addresses()}


@pytest.mark.parametrize("method", METHODS)
def test_people_nobody_knows_are_sent_to_the_door(method: str) -> None:
    _, things = team(1)
    wrong = {}
    for one in addresses():
        answer = ask(Client(), method, one.path(things))
        to_the_door = answer.status_code == HTTPStatus.FOUND and LOGIN in answer["Location"]
        if one.of_the_api:
            fine = answer.status_code in _CLOSED or one.name in PUBLIC
        else:
            fine = to_the_door or one.name in PUBLIC
        if not fine:
            wrong[one.name] = answer.status_code
    assert wrong == {}


def test_who_holds_no_role_finds_nothing() -> None:
    """The same answer as for a run that does not exist, and nothing happens."""
    _, things = team(1)
    client, before, wrong = signed_in("stranger"), everything(), {}
    for one in addresses():
        if not (one.of_a_run or one.name in OF_A_MIGRATION):
            continue
        for method in METHODS:
            there = ask(client, method, one.path(things))
            nowhere = ask(client, method, one.path(things | {"run_id": 9**9, "migration_id": 9**9}))
            allowed = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
            if there.status_code not in allowed or there.status_code != nowhere.status_code:
                wrong[one.name, method] = (there.status_code, nowhere.status_code)
    assert wrong == {}
    assert everything() == before


def test_nobody_but_staff_sees_the_admin() -> None:
    _, things = team(1)
    client = signed_in("ana")
    admin = [one for one in addresses() if one.of_the_admin]
    assert admin
    answers = {one.name: ask(client, "get", one.path(things)) for one in admin}
    let_in = {name for name, answer in answers.items()
              if answer.status_code == HTTPStatus.OK}  # fmt: skip
    assert let_in == set()


def test_every_role_may_look_at_every_page() -> None:
    one, things = team(1)
    wrong = {}
    for person in build.PEOPLE:
        client = signed_in(person)
        for page in ours():
            if page.name not in PAGES:
                continue
            answer = ask(client, "get", page.path(things))
            if answer.status_code != HTTPStatus.OK:
                wrong[page.name, person] = answer.status_code
    assert wrong == {}
    assert one.run.state == "gate"


def test_a_click_takes_a_role_that_may_say_its_verb() -> None:
    """The table of roles is the only word on it, and who may not has changed nothing."""
    one, things = team(1)
    clients = {person: signed_in(person) for person in build.PEOPLE}
    before, wrong = everything(), {}
    for door in ours():
        for person, role in build.PEOPLE.items():
            if door.name not in CLICKS or role in WHO[CLICKS[door.name]]:
                continue
            answer: Any = clients[person].post(door.path(things), _form(one, role))
            if answer.status_code != HTTPStatus.FORBIDDEN:
                wrong[door.name, person] = answer.status_code
    assert wrong == {}
    assert everything() == before


def _form(one: build.World, role: str) -> dict[str, Any]:
    """What any of the forms may need to get as far as the question who may."""
    shown = room(one.run_id)
    return {
        "revision": shown.head.revision, "evaluation": shown.evaluation or "", "reason": "why",
        "role": role, "step": "look", "to": "ana", "offer": 1, "about": "sign_off", "person": "ana",
        "version": 1, "audience": "internal", "headline": "News", "open_to": "nobody", "days": 7,
        "label": "link",
    }  # fmt: skip


def test_a_post_without_a_token_is_refused_everywhere() -> None:
    _, things = team(1)
    clients = {person: signed_in(person, csrf=True) for person in ("ana", "kim", "otto")}
    before, wrong = everything(), {}
    for person, client in clients.items():
        for one in ours(but=frozenset(EXEMPT)):
            answer = ask(client, "post", one.path(things))
            if answer.status_code != HTTPStatus.FORBIDDEN:
                wrong[one.name, person] = answer.status_code
    assert wrong == {}
    assert everything() == before


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_a_post_from_another_site_is_refused_with_a_token_even(origin: str) -> None:
    one, _ = team(1)
    client = signed_in("ana", csrf=True)
    client.get(f"/runs/{one.run_id}/")
    form = {"reason": "why", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    path = f"/runs/{one.run_id}/no-go"
    answer: Any = client.post(path, form, headers={"Origin": origin})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert one.run.state == "gate"


@pytest.mark.parametrize("htmx", [False, True])
def test_no_get_changes_anything(htmx: bool) -> None:
    """Not one row of one table, whoever asks: see `things` for the three that are not looked at."""
    _, things = team(1)
    headers = {"HX-Request": "true"} if htmx else {}
    wrong = {}
    clients = {
        "ana": signed_in("ana"),
        "kim": signed_in("kim"),
        "nobody": Client(raise_request_exception=False),
    }
    before = everything()
    for who, client in clients.items():
        for one in ours():
            answer = ask(client, "get", one.path(things), **headers)
            after = everything()
            if after != before:
                wrong[one.name, who] = _changed(before, after)
                before = after
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                wrong[one.name, who] = ["it failed"]
    assert wrong == {}


def test_ids_of_another_team_lead_nowhere() -> None:
    """One id of theirs among mine is as good as one that nobody has."""
    _, mine = team(1)
    theirs_run, theirs = team(2)
    strangers_to_us(theirs_run)
    client = signed_in("ana")
    wrong: dict[tuple[str, str, str], object] = {}
    nobody = {name: 9**9 for name, value in theirs.items() if isinstance(value, int)}
    for one in ours():
        if not (one.of_a_run or one.name in OF_A_MIGRATION):
            continue
        for mixed in others({name: mine[name] for name in one.params}, theirs):
            before = everything()
            swapped = next(name for name in one.params if mixed[name] != mine[name])
            for method in METHODS:
                answer = ask(client, method, one.path(mixed))
                lost = ask(client, method, one.path(mixed | {swapped: nobody[swapped]}))
                if answer.status_code != lost.status_code or answer.status_code < 400:
                    wrong[one.name, swapped, method] = (answer.status_code, lost.status_code)
            if (after := everything()) != before:
                wrong[one.name, swapped, "changed"] = _changed(before, after)
    assert wrong == {}


def test_ids_of_another_team_in_a_form_lead_nowhere_either() -> None:
    """An offer, the one thing a form names by an id that is not its run's own."""
    mine, things = team(1)
    theirs_run, theirs = team(2)
    strangers_to_us(theirs_run)
    clients = [signed_in(person) for person in build.PEOPLE]
    before = everything()
    for name in ("handover-accept", "handover-decline", "handover-withdraw"):
        door = next(one for one in ours() if one.name == name)
        for client in clients:
            form = _form(mine, "comms_lead") | {"offer": theirs["offer_id"]}
            answer: Any = client.post(door.path(things), form)
            assert answer.status_code >= HTTPStatus.BAD_REQUEST
    assert everything() == before


def test_an_administrator_without_a_role_finds_no_run_either() -> None:
    _, things = team(1)
    User.objects.create_superuser("root")
    client = signed_in("root")
    found = {one.name for one in ours() if one.of_a_run
             and ask(client, "get", one.path(things)).status_code == HTTPStatus.OK}  # fmt: skip
    assert found == set()


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [table for table, was in before.items() if after[table] != was]
