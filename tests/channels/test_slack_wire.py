"""What happens between us and Slack: nothing is repeated, followed, awaited for ever or blabbed."""

from __future__ import annotations

import logging
import socket
import time
import traceback
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.channels.slack.calls import Caller
from migrations_app.channels.slack.channel import SlackChannel
from migrations_app.channels.slack.wire import Patience, Wire, _Until, opener_for
from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from tests.channels.build import called, channel_to, config_for
from tests.channels.contract import POST
from tests.slack_server import TOKEN, SlackServer

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_refused_connection_is_for_later_and_works_later(slack: SlackServer) -> None:
    channel = channel_to(slack)
    slack.stop()
    with pytest.raises(Transient, match="can't be reached"):
        channel.deliver(POST)
    slack.start()
    assert channel.deliver(POST).anchor
    assert called(slack, "chat.postMessage") == 1


def test_a_name_that_does_not_resolve_is_for_later() -> None:
    channel = SlackChannel(config_for("https://slack.invalid/api/"))
    with pytest.raises(Transient, match="can't be reached"):
        channel.deliver(POST)


def test_a_connection_made_too_late_is_not_used(
    slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo

    def dawdle(*arguments: Any, **more: Any) -> object:
        Event().wait(0.3)
        return look_up(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", dawdle)
    with pytest.raises(Transient, match="took too long"):
        channel_to(slack, timeout=0.2).deliver(POST)
    assert slack.requests == []


def test_a_verb_out_of_time_makes_no_further_call(slack: SlackServer) -> None:
    spent = Patience(call=5.0, until=time.monotonic())
    caller = Caller(Wire(TOKEN, slack.url, opener_for(slack.url), spent), "#war-room")
    with pytest.raises(Transient, match="no time left"):
        caller.read("auth.test")
    assert slack.requests == []


def test_all_calls_of_a_verb_share_its_time() -> None:
    patience = Patience.of(5.0)
    assert 0 < patience.left() <= 5.0
    assert Patience(5.0, time.monotonic() + 1).left() <= 1


def test_an_answer_in_drips_is_not_awaited_to_its_end(slack: SlackServer) -> None:
    slack.fail_next("drip")
    with pytest.raises(UnknownOutcome, match="did not arrive"):
        channel_to(slack, timeout=0.5).deliver(POST)
    assert channel_to(slack).find(POST.key)


def test_every_wait_for_a_drop_is_shorter_than_the_one_before() -> None:
    ours, theirs = socket.socketpair()
    times = iter([100.0, 103.0, 105.0])
    with ours, theirs:
        ours.settimeout(5.0)
        reader = _Until(ours, ours.makefile("rb", buffering=0), lambda: next(times))
        theirs.sendall(b"drip")
        assert reader.read(4) == b"drip"
        assert ours.gettimeout() == 2.0
        with pytest.raises(TimeoutError):
            reader.read(4)
        reader.close()


def test_an_answer_without_end_is_cut(slack: SlackServer) -> None:
    slack.fail_next("flood")
    with pytest.raises(UnknownOutcome, match="unreadable"):
        channel_to(slack, timeout=10).deliver(POST)
    assert channel_to(slack).find(POST.key)


def test_a_redirect_is_not_followed_and_the_token_stays_here(slack: SlackServer) -> None:
    with SlackServer() as elsewhere:
        slack.elsewhere = elsewhere.url + "chat.postMessage"
        slack.fail_next("redirect")
        with pytest.raises(Permanent, match="base_url"):
            channel_to(slack).deliver(POST)
        assert elsewhere.requests == []


MISHAPS = ["429", "500", "hang", "drop", "drip", "page", "invalid_auth", "internal_error"]


@pytest.mark.parametrize("mishap", MISHAPS)
def test_no_frame_and_no_log_shows_the_token(
    slack: SlackServer, caplog: pytest.LogCaptureFixture, mishap: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="slack_sdk")
    slack.fail_next(mishap)
    with pytest.raises(SeamError) as caught:
        channel_to(slack, timeout=0.5).deliver(POST)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    # The first frame is this test's own, which knows the token.
    frames = [frame.locals for frame in told.stack[1:]]
    assert frames
    assert TOKEN not in repr(frames) + caplog.text
    assert POST.headline not in caplog.text


def test_a_proxy_is_asked_for_a_tunnel_and_learns_no_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with refusing_proxy() as (address, heard):
        monkeypatch.setenv("https_proxy", address)
        monkeypatch.delenv("no_proxy", raising=False)
        channel = SlackChannel(config_for("https://slack.invalid/api/"))
        with pytest.raises(Transient, match="407"):
            channel.deliver(POST)
    assert heard[0].startswith(b"CONNECT slack.invalid:443")
    assert TOKEN.encode() not in heard[0]


def test_this_machine_is_reached_without_a_proxy(
    slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert channel_to(slack).deliver(POST).anchor


@contextmanager
def refusing_proxy() -> Iterator[tuple[str, list[bytes]]]:
    """Wants a password nobody has, and remembers what it was told."""
    heard: list[bytes] = []

    def serve() -> None:
        caller, _ = server.accept()
        with caller:
            heard.append(caller.recv(65536))
            caller.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        thread.join()
