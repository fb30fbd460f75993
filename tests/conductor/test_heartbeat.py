"""The dead man's switch: somebody outside is told that polling works, and only while it does."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from migrations_app.conductor import due
from migrations_app.conductor.heartbeat import Heartbeat
from migrations_app.conductor.poll import Poller
from migrations_app.practice.ports import free_port
from warroom.env import Env

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 30.0
SECRET = "/ping/5f1f7a3e-s3cret"
SOON_S = 0.02


@dataclass
class Outside:
    """Whoever is told, on a real socket."""

    url: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    hang: threading.Event | None = None


@pytest.fixture
def outside() -> Iterator[Outside]:
    there = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.append(self.path)
            if there.hang is not None:
                there.hang.wait(PATIENCE_S)
            self.send_response(there.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        there.url = f"http://127.0.0.1:{server.server_port}{SECRET}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield there
        if there.hang is not None:
            there.hang.set()
        server.shutdown()
        thread.join()


@contextmanager
def beating(url: str) -> Iterator[Heartbeat]:
    heart = Heartbeat(url, SOON_S)
    heart.start()
    try:
        yield heart
    finally:
        heart.stop()
        if heart._thread is not None:
            heart._thread.join(PATIENCE_S)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def worked(heart: Heartbeat) -> None:
    heart.round_finished()
    heart.work_finished()


def asleep(heart: Heartbeat) -> None:
    """Several of its intervals, however busy the machine is."""
    for _ in range(5):
        heart._over.wait(SOON_S)


def test_once_per_interval_in_which_something_was_done(outside: Outside) -> None:
    with beating(outside.url) as heart:
        for count in (1, 2, 3):
            worked(heart)
            until(lambda count=count: len(outside.asked) >= count)  # type: ignore[misc]
        asleep(heart)
        assert outside.asked == [SECRET] * 3


@pytest.mark.parametrize("half", ["round_finished", "work_finished"])
def test_rounds_whose_work_hangs_are_no_sign_of_life(outside: Outside, half: str) -> None:
    with beating(outside.url) as heart:
        getattr(heart, half)()
        asleep(heart)
        assert outside.asked == []
        worked(heart)
        until(lambda: bool(outside.asked))


def test_who_does_not_answer_holds_nobody_up(outside: Outside) -> None:
    outside.hang = threading.Event()
    with beating(outside.url) as heart:
        worked(heart)
        until(lambda: bool(outside.asked))
        for _ in range(1000):
            worked(heart)  # returns at once, whoever hangs
        outside.hang.set()
        until(lambda: len(outside.asked) > 1)


def test_trouble_is_said_once_without_the_address(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    outside.status = 500
    with beating(outside.url) as heart:
        for count in (1, 2, 3):
            worked(heart)
            until(lambda count=count: len(outside.asked) >= count)  # type: ignore[misc]
        outside.status = 200
        worked(heart)
        until(lambda: "reached again" in caplog.text)
    assert caplog.text.count("is not reached") == 1
    assert "it answers 500" in caplog.text
    assert "s3cret" not in caplog.text
    assert str(outside.url) not in repr(heart)


def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    with beating(f"http://127.0.0.1:{free_port()}{SECRET}") as heart:
        worked(heart)
        until(lambda: "is not reached, trying again: ConnectError" in caplog.text)
    assert "s3cret" not in caplog.text


def test_a_redirect_is_not_followed_and_is_trouble(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    outside.status = 302
    with beating(outside.url) as heart:
        worked(heart)
        until(lambda: "it answers 302" in caplog.text)


def test_without_an_address_there_is_no_thread() -> None:
    before = threading.active_count()
    with beating("") as heart:
        worked(heart)
        assert threading.active_count() == before


@contextmanager
def polling(heart: Heartbeat) -> Iterator[Poller]:
    poller = Poller(hands=2, heartbeat=heart)

    def run() -> None:
        try:
            poller.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield poller
    finally:
        poller.stop.set()
        thread.join(PATIENCE_S)


@pytest.mark.django_db(transaction=True)
def test_it_beats_while_a_real_poller_polls_and_stops_with_it(outside: Outside) -> None:
    heart = Heartbeat(outside.url, SOON_S)
    with polling(heart):
        until(lambda: len(outside.asked) >= 2)
    assert heart._thread is not None
    heart._thread.join(PATIENCE_S)
    count = len(outside.asked)
    asleep(Heartbeat(""))
    assert len(outside.asked) == count


@pytest.mark.django_db(transaction=True)
def test_it_stops_when_rounds_fail_and_goes_on_when_they_work(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for every other thing but this: rounds begin, and do not end."""
    away = threading.Event()

    def look(*_: object) -> list[int]:
        if away.is_set():
            raise OperationalError("the database is away")
        return []

    monkeypatch.setattr(due, "runs", look)
    heart = Heartbeat(outside.url, SOON_S)
    with polling(heart):
        until(lambda: bool(outside.asked))
        away.set()
        until(lambda: not (heart._round.is_set() and heart._work.is_set()))
        asleep(heart)
        count = len(outside.asked)
        asleep(heart)
        assert len(outside.asked) <= count + 1  # one may have been under way
        away.clear()
        until(lambda: len(outside.asked) > count + 1)


def test_the_address_is_a_secret_and_an_address() -> None:
    given = {"SECRET_KEY": "x", "WARROOM_HEARTBEAT_URL": "https://hc.example/s3cret"}
    assert "s3cret" not in repr(Env.read(given))
    assert Env.read(given).heartbeat_url == "https://hc.example/s3cret"
    with pytest.raises(ImproperlyConfigured, match="WARROOM_HEARTBEAT_URL") as refused:
        Env.read({"SECRET_KEY": "x", "WARROOM_HEARTBEAT_URL": "hc.example/s3cret"})
    assert "s3cret" not in str(refused.value)
