"""Who gets in, seen closely. That it holds for every address there is: `test_matrix`."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import WHO
from migrations_app.models import Membership
from tests.web import build
from tests.web.conftest import HTMX, screen
from tests.web.doors import CLICKS

pytestmark = pytest.mark.django_db

FORM = {"reason": "why", "step": "look", "phase": "canary", "offer": "1", "about": "sign_off"}


def test_a_fragment_without_a_login_sends_the_page_to_the_login() -> None:
    one = build.ready()
    came_from = {"HX-Current-URL": f"http://testserver/runs/{one.run_id}/"}
    response = Client().get(f"/runs/{one.run_id}/mine", headers=HTMX | came_from, follow=True)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response["HX-Redirect"] == f"/login/?next=%2Fruns%2F{one.run_id}%2F"


def test_a_run_that_is_not_there_looks_like_one_of_others() -> None:
    one = build.ready()
    there = screen(one, "stranger").client.get(f"/runs/{one.run_id}/")
    nowhere = screen(one, "ana").client.get("/runs/999999/")
    assert there.status_code == nowhere.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("name", CLICKS)
def test_a_click_is_open_to_every_role_that_may_say_its_verb(name: str) -> None:
    """Refused, if at all, for other reasons. That nobody else may: `test_matrix`."""
    one = build.ready()
    own = {"run_id": one.run_id}
    named = {"entry-": {"seq": 1}, "comms-": {"number": 1}, "share-revoke": {"link_id": 1}}
    more = next((ids for start, ids in named.items() if name.startswith(start)), {})
    path = reverse(name, kwargs=own | ({} if name == "comms-begin" else more))
    for person, role in build.PEOPLE.items():
        if role in WHO[CLICKS[name]]:
            status = screen(one, person).client.post(path, FORM | {"role": role}).status_code
            assert status != HTTPStatus.FORBIDDEN, person


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
