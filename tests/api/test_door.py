"""What comes in is bounded, closed and strict; what goes out is exact, and kept by no cache."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import AsyncClient, Client

from migrations_app.actions import gate
from migrations_app.api.door import LONGEST_BODY
from migrations_app.domain import export
from migrations_app.domain.timeline import verify
from migrations_app.models import Event
from migrations_app.models.clock import db_now
from tests.api.caller import caller
from tests.build import at_gate, room
from tests.outside import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("poked")]


def note(body: Any) -> Any:
    made = room()
    answer = caller("ana").post(f"/runs/{made.run_id}/notes", body)
    assert Event.objects.filter(kind="note").count() == (answer.status_code == 200)
    return answer


def test_the_longest_body_is_taken_and_one_byte_more_is_not() -> None:
    padded = json.dumps({"text": "hello"}).ljust(LONGEST_BODY).encode()
    assert note(padded).status_code == 200


def test_a_longer_body_is_refused() -> None:
    answer = note(b" " * (LONGEST_BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_long")


def test_a_body_without_a_length_is_refused() -> None:
    made = room()
    headers = {"Transfer-Encoding": "chunked", "Content-Length": ""}
    answer = Client().post(f"/api/v1/runs/{made.run_id}/notes", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (411, "length")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"hello",
        b'{"text": "a", "text": "b"}',
        b'{"text": NaN}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    answer = note(body)
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": "hello", "resaon": "typo"}, "resaon"),
        ({"text": 7}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "bell \x07"}, "U+0007"),
        ({"text": "nul \x00"}, "U+0000"),
        ({"text": "half \ud800"}, "text"),
        ({}, "text"),
        ([], "the body"),
        ("hello", "the body"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(body: Any, told: str) -> None:
    answer = note(body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert told in answer.json()["message"]


def test_what_was_sent_is_not_said_back() -> None:
    answer = note({"text": "hello", "password": "hunter2"})
    assert "password" in answer.json()["message"]
    assert "hunter2" not in answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"value": "0.2"},
        {"value": True},
        {"value": None},
        {"samples": -1},
        {"sampled_at": "2026-11-21T02:00:00"},
        {"check": "no such name!"},
    ],
)
def test_evidence_is_a_number_with_a_moment(change: dict[str, Any]) -> None:
    made = room()
    now = db_now()
    measured = {
        "check": "errors",
        "value": 0.2,
        "sampled_at": now.isoformat(),
        "expires_at": (now + timedelta(hours=1)).isoformat(),
    }
    answer = caller("ana").post(f"/runs/{made.run_id}/evidence", measured | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_method_that_is_not_there_says_which_is() -> None:
    answer = Client().delete("/api/v1/runs/1/go")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.json()["code"] == "method"


def test_an_address_that_is_not_there_does_not_ask_for_a_login() -> None:
    answer = Client().get("/api/v1/")
    assert answer.status_code == 404


def test_nothing_is_kept_by_a_cache_or_sniffed() -> None:
    made = room()
    ana = caller("ana")
    for answer in (
        ana.get(f"/runs/{made.run_id}"),
        ana.post("/runs/1/go", {}),
        Client().get("/api/v1/runs"),
    ):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer


def test_a_fault_of_ours_is_told_as_one_and_without_its_inside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    made = at_gate()
    monkeypatch.setattr(gate, "no_go", broken)
    client = caller("ana")
    answer = client.client.post(
        f"/api/v1/runs/{made.run_id}/no-go",
        {"revision": 1},
        "application/json",
        headers={"Authorization": f"Bearer {client.secret}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "inside" not in answer.content.decode()
    assert "the inside" in caplog.text
    assert client.secret not in caplog.text


def test_the_timeline_comes_in_pages_that_verify() -> None:
    made = at_gate()
    ana, entries, after = caller("ana"), [], 0
    while after is not None:
        page = ana.get(f"/runs/{made.run_id}/timeline", after=after, limit=2).json()
        assert len(page["entries"]) <= 2
        entries += page["entries"]
        after = page["next"]
    told = [export.Line.model_validate(one).entry() for one in entries]
    assert verify(told, made.run.head_hash) == []
    assert len(told) == made.run.seq


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 501}, {"after": -1}, {"after": "x"}])
def test_a_page_is_bounded(query: dict[str, Any]) -> None:
    made = room()
    answer = caller("ana").get(f"/runs/{made.run_id}/timeline", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.django_db(transaction=True)
def test_the_export_can_be_verified_elsewhere() -> None:
    made = at_gate()
    headers = {"Authorization": f"Bearer {caller('ana').secret}"}
    text = run(downloaded(f"/api/v1/runs/{made.run_id}/export", headers))
    document = export.Document.model_validate_json(text)
    assert all(one.ok for one in export.audit(document, made.run.head_hash))


async def downloaded(path: str, headers: dict[str, str]) -> bytes:
    answer: Any = await AsyncClient().get(path, headers=headers)
    return b"".join([piece async for piece in answer.streaming_content])
