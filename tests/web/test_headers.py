"""What every answer tells the browser, whatever kind of answer it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.live.guards import ALWAYS, hsts
from tests.web import build
from tests.web.conftest import HTMX, screen

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

CSP: Final = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
    "frame-ancestors 'none'",
}  # fmt: skip


def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, HttpResponse]:
    """One of every kind."""
    one = build.ready()
    ana, unknown = screen(one, "ana").client, Client(enforce_csrf_checks=True)
    failing = Client(raise_request_exception=False)
    found: dict[str, Any] = {
        "page": ana.get(f"/runs/{one.run_id}/"),
        "fragment": ana.get(f"/runs/{one.run_id}/mine", headers=HTMX),
        "stream": ana.get(f"/runs/{one.run_id}/stream"),
        "export": ana.get(f"/runs/{one.run_id}/timeline.json"),
        "redirect": Client().get("/"),
        "login": Client().get("/login/"),
        "not found": ana.get("/nowhere"),
        "no token": unknown.post("/login/"),
        "wrong method": ana.delete(f"/runs/{one.run_id}/"),
        "wrong host": Client().get("/", headers={"Host": "evil.example"}),
        "file": Client().get("/static/css/base.css"),
        "picture": Client().get("/static/icons/calm.svg"),
        "API": Client().get("/api/v1/runs"),
        "health": Client().get("/healthz"),
    }
    for kind in ("file", "picture"):
        found[kind].close()
    monkeypatch.setattr("migrations_app.web.login.entrance", None)
    return found | {"error": failing.get("/login/")}


def test_every_kind_of_answer_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answers(monkeypatch)
    assert found["error"].status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert found["wrong host"].status_code == HTTPStatus.BAD_REQUEST
    for kind, answer in found.items():
        policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
        assert policy == CSP, kind
        for name, value in ALWAYS.items():
            if name != "cache-control":
                assert answer[name] == value, (kind, name)


def test_no_page_is_kept_by_any_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are; public pages say for themselves how long."""
    for kind, answer in answers(monkeypatch).items():
        if kind not in {"file", "picture"}:
            assert "no-store" in answer["Cache-Control"], kind


def test_the_policy_allows_nothing_unsafe() -> None:
    assert not any("unsafe" in part or "*" in part or "http:" in part for part in CSP)


def test_forms_are_believed_only_with_a_referrer_of_ours() -> None:
    """Why the referrer policy is `same-origin` where public pages have `no-referrer`: a browser
    that sends no referrer sends forms with `Origin: null`, and those are refused."""
    assert ALWAYS["referrer-policy"] == "same-origin"
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    form = {"username": "a", "password": "b", "csrfmiddlewaretoken": token}
    for origin, status in (("null", HTTPStatus.FORBIDDEN),
                           ("http://testserver", HTTPStatus.UNAUTHORIZED)):  # fmt: skip
        answer: Any = client.post("/login/", form, headers={"Origin": origin})
        assert answer.status_code == status


def test_the_admin_has_them_too() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    for path in ("/admin/", "/admin/auth/user/add/"):
        answer = client.get(path)
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


def test_encrypted_only_where_we_are_reached_that_way() -> None:
    assert hsts(0) == {}
    assert hsts(31_536_000) == {
        "strict-transport-security": "max-age=31536000; includeSubDomains; preload"
    }


@pytest.mark.parametrize("middleware", ["django.middleware.gzip.GZipMiddleware"])
def test_a_stream_is_never_compressed(settings: Settings, middleware: str) -> None:
    """A compressed stream opens, and stays silent. What the view answers is too short to compress
    and asks for none; what the connection says from there on is in `tests/live`."""
    settings.MIDDLEWARE = [middleware, *settings.MIDDLEWARE]
    one = build.ready()
    client = screen(one, "ana").client
    answer = client.get(f"/runs/{one.run_id}/stream", headers={"Accept-Encoding": "gzip, br"})
    assert not answer.has_header("Content-Encoding")
    assert answer.content == b""
    assert answer["X-Hold-Stream"] == f"run:{one.run_id}"
