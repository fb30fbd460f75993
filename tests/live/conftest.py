"""The real web process: uvicorn, its own interpreter, the test's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from migrations_app.practice.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

PATIENCE_S = 30.0


@dataclass
class Server:
    """One web process. `start` after `stop` comes back on the same port."""

    port: int
    redis_url: str
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        """Returns when it answers; at once if it is running."""
        if self.process is not None and self.process.poll() is None:
            return self
        environ = os.environ | {
            "DATABASE_URL": database_url(), "REDIS_URL": self.redis_url, "WARROOM_URL": self.url,
            "SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "warroom.settings",
        }  # fmt: skip
        command = [sys.executable, "-m", "uvicorn", "warroom.asgi:application",
                   "--port", str(self.port), "--log-level", "error"]  # fmt: skip
        self.process = subprocess.Popen(command, env=environ)
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(base_url=self.url, transport=transport) as client:
            while not self._answers(client):
                assert self.process.poll() is None, "the web process ended at once"
        return self

    def _answers(self, client: httpx.Client) -> bool:
        try:
            return client.get("/healthz").is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """As a supervisor does it: SIGTERM, and wait."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """Whatever it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def browser(self, user: User) -> httpx.Client:
        """Signed in as `user`."""
        client = Client()
        client.force_login(user)
        cookies = {"sessionid": client.cookies["sessionid"].value}
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=PATIENCE_S)


def database_url() -> str:
    at = connection.settings_dict
    login = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}"
    return f"postgres://{login}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def _server(redis_url: str) -> Iterator[Server]:
    server = Server(free_port(), redis_url)
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="module")
def _one_server(django_db_setup: None) -> Iterator[Server]:
    yield from _server(settings.WARROOM_REDIS_URL)


@pytest.fixture(scope="module")
def _one_deaf_server(django_db_setup: None) -> Iterator[Server]:
    yield from _server(f"redis://127.0.0.1:{free_port()}/0")


@pytest.fixture
def server(_one_server: Server, transactional_db: None) -> Server:
    """With everything there. It remembers nothing of the test before."""
    return _one_server.start()


@pytest.fixture
def deaf_server(_one_deaf_server: Server, transactional_db: None) -> Server:
    """Without a Redis."""
    return _one_deaf_server.start()
