"""The night the provider is down: the login page asks nobody, and a password still opens it."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.practice.ports import free_port
from tests.web import provider as providers
from tests.web.test_oidc import configured, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A port where somebody says `body` to whoever comes, and nothing if it is empty."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = Thread(target=_serve, args=(listening, body))
        serving.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()


def _serve(listening: socket.socket, body: bytes) -> None:
    with ExitStack() as held:
        while True:
            try:
                connection = held.enter_context(listening.accept()[0])
            except OSError:
                return
            if body:
                connection.recv(65536)
                connection.sendall(body)
                connection.shutdown(socket.SHUT_WR)


def http(body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\nConnection: close\r\n\r\n{body}".encode()


def test_the_login_page_asks_nobody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("the login page asked somebody")

    settings.WARROOM_PROVIDER = configured("https://idp.example")
    monkeypatch.setattr(socket, "create_connection", nobody)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    page = Client().get("/login/")
    assert page.status_code == HTTPStatus.OK
    assert "Sign in with Acme" in page.content.decode()


def _says_it_is_down(url: str, settings: Settings) -> None:
    settings.WARROOM_PROVIDER = configured(url)
    User.objects.create_user("ana", password="pass word")
    client = Client()
    page = client.post("/login/sso/", {"next": "/account/"})
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Acme does not answer as it should" in page.content.decode()
    assert 'action="/login/"' in page.content.decode()
    form = {"username": "ana", "password": "pass word", "next": "/account/"}
    assert client.post("/login/", form)["Location"] == "/account/"
    assert signed_in(client) == "ana"


def test_nobody_there(settings: Settings) -> None:
    _says_it_is_down(f"http://127.0.0.1:{free_port()}", settings)


def test_somebody_there_who_says_nothing(settings: Settings) -> None:
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    with answering(b"") as url:
        _says_it_is_down(url, settings)


@pytest.mark.parametrize("body", ["", "nonsense", "[]", "{}", "null", '{"token_endpoint": 7}'])
def test_somebody_there_who_talks_nonsense(settings: Settings, body: str) -> None:
    with answering(http(body)) as url:
        _says_it_is_down(url, settings)


def test_it_dies_while_somebody_is_there(settings: Settings) -> None:
    with providers.running() as provider:
        settings.WARROOM_PROVIDER = configured(provider.url)
        client = Client()
        back = provider.answers(providers.away(client.post("/login/sso/")), "s1")
        provider.stop()
        page = client.get(back)
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert 'action="/login/"' in page.content.decode()
    assert signed_in(client) == ""
