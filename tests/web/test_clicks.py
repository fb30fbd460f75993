"""Every click is a real form: it works without JavaScript, counts once, and says why not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from migrations_app.domain.states import State
from migrations_app.models import Decision, Event, SignOff, StepDone
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db

CLICKS = (
    "start", "call-off", "complete-step", "sign-off", "go", "no-go", "resume", "complete",
    "roll-back", "note",
)  # fmt: skip


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_click_leads_back_to_the_room_and_says_what_happened() -> None:
    ana = screen(build.world(), "ana")
    response = ana.click("start")
    assert response.status_code == HTTPStatus.SEE_OTHER
    assert response["Location"] == ana.url()
    assert "Run started" in ana.look()


def test_htmx_gets_fresh_fragments_instead() -> None:
    one = build.world()
    response = screen(one, "ana").click("start", htmx=True)
    assert response.status_code == HTTPStatus.OK
    assert "Run started" in text(response)
    assert 'id="banner" hx-swap-oob="innerHTML"' in text(response)
    assert "SHIFTING" in text(response)
    assert "<html" not in text(response)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_stale_screen_is_told_that_the_room_moved_on(htmx: bool) -> None:
    one = build.ready()
    ana = screen(one, "ana")
    response = ana.click("go", htmx=htmx, revision=one.run.revision - 1)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "room moved on" in text(response)
    assert f'name="revision" value="{one.run.revision}"' in text(response)
    assert one.run.state == State.GATE


def test_old_evidence_is_stale_too() -> None:
    response = screen(build.ready(), "ana").click("go", evaluation=1000)
    assert response.status_code == HTTPStatus.CONFLICT


def test_who_may_not_is_told_who_may() -> None:
    response = screen(build.ready(), "kim").click("go")
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "takes one of these roles" in text(response)


def test_what_is_missing_is_named() -> None:
    one = build.at_gate()
    response = screen(one, "ana").click("go")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Go waits for" in text(response)
    assert "Look at the dashboards" in text(response)


@pytest.mark.parametrize("fields", [{"revision": ""}, {"revision": "1e3"}, {"revision": "٣"},
                                    {"evaluation": "-1"}, {"revision": "9" * 30}])  # fmt: skip
def test_a_form_that_does_not_say_its_screen_does_nothing(fields: dict[str, Any]) -> None:
    one = build.world()
    response = screen(one, "ana").click("start", **fields)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert one.run.state == State.PLANNED


def test_the_same_form_sent_twice_counts_once() -> None:
    one = build.world()
    ana = screen(one, "ana")
    old: dict[str, Any] = {"revision": one.run.revision, "key": "form-1"}
    assert ana.click("start", **old).status_code == HTTPStatus.SEE_OTHER
    assert ana.click("start", **old).status_code == HTTPStatus.SEE_OTHER
    assert Decision.objects.filter(run=one.run_id, verb="start").count() == 1


def test_every_form_has_a_key_of_its_own() -> None:
    page = screen(build.at_gate(), "ana").look()
    keys = [part.split('"')[0] for part in page.split('name="key" value="')[1:]]
    assert len(keys) == len(set(keys)) > 2


def test_steps_and_sign_offs() -> None:
    one = build.at_gate()
    ravi = screen(one, "ravi")
    assert ravi.click("complete-step", step="look").status_code == HTTPStatus.SEE_OTHER
    assert ravi.click("sign-off", role="database").status_code == HTTPStatus.SEE_OTHER
    assert StepDone.objects.filter(run=one.run_id, by="ravi").exists()
    assert SignOff.objects.filter(gate__run=one.run_id, role="database").exists()


@pytest.mark.parametrize("role", ["dri", "nobody", ""])
def test_nobody_signs_for_a_role_they_do_not_hold(role: str) -> None:
    one = build.at_gate()
    response = screen(one, "ravi").click("sign-off", role=role)
    assert response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert not SignOff.objects.exists()


def test_no_go_takes_a_reason_and_holds() -> None:
    one = build.ready()
    lena = screen(one, "lena")
    assert lena.click("no-go", reason=" ").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert lena.click("no-go", reason="disk at 91 %").status_code == HTTPStatus.SEE_OTHER
    assert one.run.state == State.HELD
    assert "disk at 91 %" in lena.look()


def test_resume_after_a_hold() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    ana.click("no-go", reason="wait")
    assert ana.click("resume").status_code == HTTPStatus.SEE_OTHER
    assert one.run.state == State.SHIFTING


def test_call_off() -> None:
    one = build.world()
    screen(one, "ana").click("call-off", reason="not tonight")
    assert one.run.state == State.CALLED_OFF


def test_a_note_needs_no_fresh_screen() -> None:
    one = build.ready()
    response = screen(one, "kim").click("note", revision=0, reason="customers are calm")
    assert response.status_code == HTTPStatus.SEE_OTHER
    assert Event.objects.get(run=one.run_id, kind="note").sentence == "kim: customers are calm"


@pytest.mark.parametrize("name", CLICKS)
def test_no_get_changes_anything(name: str) -> None:
    one = build.ready()
    before = one.run.seq
    client = screen(one, "ana").client
    response = client.get(f"/runs/{one.run_id}/{name}")
    assert (response.status_code, response["Location"]) == (302, f"/runs/{one.run_id}/")
    assert client.put(f"/runs/{one.run_id}/{name}").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert one.run.seq == before


@pytest.mark.parametrize("name", CLICKS)
def test_every_click_needs_its_csrf_token(name: str) -> None:
    one = build.ready()
    client = Client(enforce_csrf_checks=True)
    client.force_login(one.users["ana"])
    response = client.post(f"/runs/{one.run_id}/{name}", {"revision": one.run.revision})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert one.run.state == State.GATE


def test_a_nul_in_a_reason_is_left_out() -> None:
    one = build.ready()
    assert screen(one, "ana").click("no-go", reason="st\0op").status_code == HTTPStatus.SEE_OTHER
    assert one.run.why == "stop"
