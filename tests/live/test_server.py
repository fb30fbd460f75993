"""Streams of the real web process: through its restart, without Redis, and after a role is gone."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from migrations_app.actions.steps import note
from migrations_app.domain.actor import Click
from migrations_app.models import Membership
from migrations_app.web.stream import AGAIN
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Stream:
    """An open stream, read on demand."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id = ""
        self.text = ""
        self._lines = response.iter_lines()

    def until(self, words: str) -> str:
        """Read on until a line holds `words`; everything read since the last call."""
        read: list[str] = []
        for line in self._lines:
            read.append(line)
            if line.startswith("id: "):
                self.last_id = line.removeprefix("id: ")
            if words in line:
                return "\n".join(read)
        raise AssertionError(f"the stream ended before {words!r}")

    def rest(self) -> str:
        """Everything until the server ends it."""
        return "\n".join(self._lines)


@contextmanager
def stream(server: Server, one: build.World, name: str, last_id: str = "") -> Iterator[Stream]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with (
        server.browser(one.users[name]) as browser,
        browser.stream("GET", f"/runs/{one.run_id}/stream", headers=headers) as response,
    ):
        assert response.status_code == httpx.codes.OK
        yield Stream(response)


def say(one: build.World, words: str) -> None:
    note(one.run_id, one.actor("kim"), Click(reason=words))


def test_an_event_reaches_every_viewer(server: Server) -> None:
    one = build.ready()
    with stream(server, one, "ana") as ana, stream(server, one, "otto") as otto:
        ana.until("event: beat")
        otto.until("event: beat")
        say(one, "all calm")
        ana.until("kim: all calm")
        otto.until("kim: all calm")


def test_without_redis_the_database_is_asked(deaf_server: Server) -> None:
    one = build.ready()
    with stream(deaf_server, one, "ana") as ana:
        ana.until("event: beat")
        say(one, "no bell tonight")
        ana.until("kim: no bell tonight")


def test_a_restart_ends_streams_at_once_and_loses_nothing(server: Server) -> None:
    """No grace period is configured here: a stream that stayed open would hold the exit up."""
    one = build.ready()
    with stream(server, one, "ana") as ana:
        ana.until("event: beat")
        seen = ana.last_id
        server.stop()
        ana.rest()
    say(one, "meanwhile")
    server.start()
    with stream(server, one, "ana", seen) as ana:
        assert ana.until("event: beat").count("kim: meanwhile") == 2  # the timeline, and aloud


def test_who_comes_back_unchanged_is_sent_nothing_again(server: Server) -> None:
    one = build.ready()
    with stream(server, one, "ana") as ana:
        ana.until("event: beat")
        seen = ana.last_id
    server.stop()
    server.start()
    with stream(server, one, "ana", seen) as ana:
        assert "event: timeline" not in ana.until("event: beat")


def test_who_was_here_before_comes_back_after_a_restart(server: Server) -> None:
    one = build.ready()
    path = f"/runs/{one.run_id}/stream"
    with server.browser(one.users["ana"]) as browser:
        with browser.stream("GET", path) as response:
            Stream(response).until("event: beat")
        assert AGAIN in browser.cookies
        server.stop()
        server.start()
        with browser.stream("GET", path) as response:
            assert response.headers["content-security-policy"].startswith("default-src 'none'")
            Stream(response).until("event: beat")
        Membership.objects.filter(user=one.users["ana"]).delete()
        assert browser.get(path).status_code == httpx.codes.NOT_FOUND


def test_a_role_that_is_taken_away_ends_the_stream(server: Server) -> None:
    one = build.ready()
    with stream(server, one, "lena") as lena, stream(server, one, "ana") as ana:
        lena.until("event: beat")
        ana.until("event: beat")
        Membership.objects.filter(user=one.users["lena"]).delete()
        assert lena.rest().endswith("data: Your access to this room has ended.\n")
        say(one, "lena is out")
        ana.until("lena is out")


def test_signing_out_ends_the_stream(server: Server) -> None:
    one = build.ready()
    with server.browser(one.users["ana"]) as browser:
        path = f"/runs/{one.run_id}/stream"
        with browser.stream("GET", path) as response:
            ana = Stream(response)
            ana.until("event: beat")
            SessionStore(browser.cookies["sessionid"]).flush()
            assert "event: closed" in ana.rest()


def test_viewers_hold_no_connection_and_no_thread(server: Server) -> None:
    one = build.ready()
    with ExitStack() as open_streams:
        for _ in range(40):
            open_streams.enter_context(stream(server, one, "otto")).until("event: beat")
        assert server.process is not None
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
        threads = next(line for line in status.splitlines() if line.startswith("Threads:"))
        assert int(threads.split()[1]) <= 20
        assert _connections() <= 4


def _connections() -> int:
    """Connections to this database, without our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found: int = cursor.fetchone()[0]
    return found
