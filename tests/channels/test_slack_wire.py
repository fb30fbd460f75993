"""What happens between us and Slack: nothing is repeated, followed, awaited for ever or blabbed."""

from __future__ import annotations

import logging
import socket
import traceback
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from migrations_app.channels.slack import SlackChannel
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


def test_an_answer_in_drips_is_not_awaited_to_its_end(slack: SlackServer) -> None:
    slack.fail_next("drip")
    with pytest.raises(UnknownOutcome, match="did not arrive"):
        channel_to(slack, timeout=0.5).deliver(POST)
    assert channel_to(slack).find(POST.key)


def test_an_answer_without_end_is_cut(slack: SlackServer) -> None:
    slack.fail_next("flood")
    with pytest.raises(UnknownOutcome, match="unreadable"):
        channel_to(slack, timeout=60).deliver(POST)
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
