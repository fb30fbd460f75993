"""The timeline and its export, signing in and out, and the admin."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient, Client

from migrations_app.domain import export
from migrations_app.models import Event, Membership, Run
from tests.web import build
from tests.web.conftest import screen

pytestmark = pytest.mark.django_db


def test_the_timeline_is_paged_and_unfolds_its_evidence() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    for number in range(60):
        ana.click("note", reason=f"note {number}")
    ana.click("no-go", reason="stop")
    first = ana.look("timeline/")
    assert first.count('class="entry ') == 50
    assert "Checks as they stood" in first
    assert "p95 is fine" in first
    older = first.split("?before=")[1].split('"')[0]
    second = ana.look(f"timeline/?before={older}")
    assert "Run planned" in second
    assert "This is the beginning" in second
    seqs = [f'id="entry-{seq}"' for seq in range(1, one.run.seq + 1)]
    assert all((seq in first) != (seq in second) for seq in seqs)


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 40, "1.5"])
def test_a_page_that_is_no_number_is_not_found(before: str) -> None:
    one = build.world()
    response = screen(one, "ana").client.get(f"/runs/{one.run_id}/timeline/?before={before}")
    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db(transaction=True)
def test_the_export_can_be_verified_without_us() -> None:
    one = build.ready()
    screen(one, "ana").click("no-go", reason="stop")
    text = asyncio.run(_exported(one))
    document = export.Document.model_validate(json.loads(text))
    assert len(document.entries) == one.run.seq
    assert [found for found in export.audit(document) if not found.ok] == []


async def _exported(one: build.World) -> str:
    client = AsyncClient()
    await client.aforce_login(one.users["otto"])
    response: Any = await client.get(f"/runs/{one.run_id}/timeline.json")
    assert "attachment" in response["Content-Disposition"]
    document = b"".join([part async for part in response.streaming_content])
    await sync_to_async(connections.close_all)()
    return document.decode()


def test_signing_in_goes_on_where_it_was_asked_for_but_never_elsewhere() -> None:
    User.objects.create_user("sam", password="sam")
    form = {"username": "sam", "password": "sam"}
    for wanted, leads in {
        "/runs/7/": "/runs/7/", "//evil.example": "/", "\\\\evil.example": "/",
        "https://evil.example/": "/", "javascript:alert(1)": "/",
    }.items():  # fmt: skip
        response = Client().post("/login/", form | {"next": wanted})
        assert response["Location"] == leads


def test_signing_in_changes_the_session_and_signing_out_ends_it() -> None:
    User.objects.create_user("sam", password="sam")
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "sam", "password": "sam"})
    old = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post("/logout/")
    client.cookies["sessionid"] = old
    assert client.get("/").status_code == HTTPStatus.FOUND


def test_a_wrong_password_is_told_and_typed_names_stay() -> None:
    page = Client().post("/login/", {"username": "<b>sam", "password": "x"}).content.decode()
    assert "do not match" in page
    assert 'value="&lt;b&gt;sam"' in page


def test_health() -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_the_admin_gives_roles_and_changes_nothing_else() -> None:
    one = build.ready()
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    run, event = f"/admin/migrations_app/run/{one.run_id}/", Event.objects.first()
    assert client.get(f"{run}change/").status_code == HTTPStatus.OK
    assert client.post(f"{run}change/", {"state": "completed"}).status_code == HTTPStatus.FORBIDDEN
    assert client.post(f"{run}delete/", {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    assert event is not None
    path = f"/admin/migrations_app/event/{event.pk}/delete/"
    assert client.post(path, {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    assert Run.objects.get(pk=one.run_id).state == "gate"
    added = {
        "migration": one.run.migration_id,
        "user": one.users["stranger"].pk,
        "role": "database",
    }
    client.post("/admin/migrations_app/membership/add/", added)
    assert Membership.objects.filter(user=one.users["stranger"], role="database").exists()
