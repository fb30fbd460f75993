"""Who gets in: every address, every role, every method. An address nobody thought of fails here."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import WHO, Verb
from migrations_app.models import Membership, Run
from tests.web import build
from tests.web.conftest import HTMX, screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.django_db

PLAN = "migrations/<int:migration_id>/plan"
OPEN = {"login/", "healthz"}
READ = (
    "", "mine", "stream", "timeline/", "timeline/news", "timeline/1/", "timeline.json",
    "timeline.md", "timeline.html",
)  # fmt: skip
CLICKS = {
    "start": Verb.START, "call-off": Verb.CALL_OFF, "complete-step": Verb.COMPLETE_STEP,
    "sign-off": Verb.SIGN_OFF, "go": Verb.GO, "no-go": Verb.NO_GO, "resume": Verb.RESUME,
    "complete": Verb.COMPLETE, "roll-back": Verb.ROLL_BACK, "note": Verb.NOTE,
    "handover/offer": Verb.HAND_OVER, "handover/accept": Verb.HAND_OVER,
    "handover/decline": Verb.HAND_OVER, "handover/withdraw": Verb.HAND_OVER,
    "handover/take-over": Verb.HAND_OVER, "steps/take": Verb.TAKE_STEP,
    "steps/put-down": Verb.TAKE_STEP, "steps/note": Verb.NOTE, "nudge": Verb.NUDGE,
    "timeline/1/pin": Verb.PIN, "timeline/1/unpin": Verb.PIN, "timeline/1/note": Verb.NOTE,
}  # fmt: skip
ELSEWHERE = ("admin/", "api/v1/")  # the first has Django's own guard, the second its tokens


def addresses() -> Iterator[str]:
    """Every address of the application, as its patterns spell it."""
    yield from _under(get_resolver().url_patterns, "")


def _under(patterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in patterns:
        path = prefix + str(one.pattern)
        if path.startswith(ELSEWHERE):
            continue
        if isinstance(one, URLResolver):
            yield from _under(one.url_patterns, path)
        else:
            yield path.replace("<int:seq>", "1")


def test_every_address_is_known_here() -> None:
    rooms = {f"runs/<int:run_id>/{name}" for name in (*READ, *CLICKS)}
    assert set(addresses()) == rooms | OPEN | {"", "logout/", PLAN}


@pytest.mark.parametrize("address", sorted(set(addresses()) - OPEN - {"logout/"}))
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_login_everything_leads_to_the_login(address: str, method: str) -> None:
    one = build.ready()
    path = "/" + address.replace("<int:run_id>", str(one.run_id)).replace("<int:migration_id>", "1")
    response = getattr(Client(), method)(path)
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"].startswith("/login/?next=")
    assert one.run.seq == Run.objects.get(pk=one.run_id).seq


def test_a_fragment_without_a_login_sends_the_page_to_the_login() -> None:
    one = build.ready()
    came_from = {"HX-Current-URL": f"http://testserver/runs/{one.run_id}/"}
    response = Client().get(f"/runs/{one.run_id}/mine", headers=HTMX | came_from, follow=True)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response["HX-Redirect"] == f"/login/?next=%2Fruns%2F{one.run_id}%2F"


@pytest.mark.parametrize("name", READ)
def test_every_role_may_look(name: str) -> None:
    one = build.ready()
    for person in build.PEOPLE:
        client = screen(one, person).client
        assert client.get(f"/runs/{one.run_id}/{name}").status_code == HTTPStatus.OK, person


@pytest.mark.parametrize("name", [*READ, *CLICKS])
def test_who_holds_no_role_finds_no_run(name: str) -> None:
    one = build.ready()
    before = one.run.seq
    client = screen(one, "stranger").client
    assert client.get(f"/runs/{one.run_id}/{name}").status_code == HTTPStatus.NOT_FOUND
    assert client.post(f"/runs/{one.run_id}/{name}").status_code in {
        HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED,
    }  # fmt: skip
    assert one.run.seq == before


def test_a_run_that_is_not_there_looks_the_same() -> None:
    one = build.ready()
    assert screen(one, "ana").client.get("/runs/999999/").status_code == HTTPStatus.NOT_FOUND


def test_an_administrator_without_a_role_finds_no_run_either() -> None:
    one = build.ready()
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(f"/runs/{one.run_id}/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("name", CLICKS)
@pytest.mark.parametrize("person", build.PEOPLE)
def test_a_click_takes_its_role(name: str, person: str) -> None:
    """The table of roles is the only word on it: allowed means refused for other reasons only."""
    one = build.ready()
    role = build.PEOPLE[person]
    fields: dict[str, Any] = {
        "reason": "why",
        "role": role.value,
        "step": "look",
        "phase": "canary",
        "offer": "1",
        "about": "sign_off",
    }
    status = screen(one, person).click(name, **fields).status_code
    assert (status == HTTPStatus.FORBIDDEN) == (role not in WHO[CLICKS[name]])


def test_a_role_that_was_taken_away_is_gone_at_the_next_click() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    Membership.objects.filter(user=one.users["ana"]).update(role=Role.OBSERVER)
    assert ana.click("go").status_code == HTTPStatus.FORBIDDEN
    Membership.objects.filter(user=one.users["ana"]).delete()
    assert ana.client.get(ana.url()).status_code == HTTPStatus.NOT_FOUND


def test_a_disabled_person_is_out_at_once() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    User.objects.filter(username="ana").update(is_active=False)
    assert ana.client.get(ana.url()).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("path", ["/", "/login/", "/nowhere", "/runs/1/stream"])
def test_security_headers_are_on_every_answer(path: str) -> None:
    client = Client()
    client.force_login(User.objects.create_user("sam"))
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
