"""No log line gives away an address that is a secret."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.ports import free_port
from tests.plugin import NOWHERE
from warroom.logs import Masked, masked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "kV3-dQx_" + "t0k3n" * 7
PROOF = "WzcsImFAZXhhbXBsZS5vcmciXQ:1tXyZ2:s1gn4tur3-_"
PATIENCE_S = 30.0


@given(
    st.from_regex(r"[A-Za-z0-9_-]{20,43}", fullmatch=True), st.sampled_from(["", "/", "/feed.atom"])
)
def test_a_links_token_never_stays(token: str, rest: str) -> None:
    line = masked(f'127.0.0.1:4 - "GET /s/{token}{rest} HTTP/1.1" 200')
    assert line == f'127.0.0.1:4 - "GET /s/***{rest} HTTP/1.1" 200'


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Not Found: /s/{TOKEN}/", "Not Found: /s/***/"),
        (f"http://warroom.example/s/{TOKEN}/", "http://warroom.example/s/***/"),
        (f"POST /mail/confirm/{PROOF} HTTP", "POST /mail/confirm/*** HTTP"),
        (f"/mail/leave/{PROOF.replace(':', '%3A')}", "/mail/leave/***"),
        ("/callback?code=abc&state=xyz&x=1 HTTP", "/callback?code=***&state=***&x=1 HTTP"),
        ("/status/orders/status.json", "/status/orders/status.json"),
        ("/runs/7/steps/3", "/runs/7/steps/3"),
        ("/static/s/no-link.css", "/static/s/***"),
    ],
)  # fmt: skip
def test_what_is_hidden_and_what_is_not(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_tracebacks_are_masked_too() -> None:
    def fails(address: str) -> None:
        raise ValueError(f"no answer for {address}")

    with pytest.raises(ValueError, match=TOKEN) as caught:
        fails(f"/s/{TOKEN}/")
    told = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "at %s", (f"/s/{TOKEN}/",), told)
    line = Masked("%(message)s").format(record)
    assert TOKEN not in line
    assert line.startswith("at /s/***/\nTraceback")
    assert line.endswith("no answer for /s/***/")


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The web process as an operator starts it, without a database: its address and its output."""
    at, port = tmp_path / "log", free_port()
    environ = os.environ | {
        "DATABASE_URL": NOWHERE,
        "SECRET_KEY": "logs-only",
        "WARROOM_STATUS_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "uvicorn", "warroom.asgi:application", "--port", str(port)]
    with (
        at.open("wb") as output,
        subprocess.Popen(command, env=environ, stdout=output, stderr=output) as process,
    ):
        yield f"http://127.0.0.1:{port}", at
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.mark.slow
def test_the_servers_own_lines_are_masked(logs: tuple[str, Path]) -> None:
    url, at = logs
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(base_url=url, transport=transport, timeout=PATIENCE_S) as client:
        _wait(client, at)
        answers = [
            client.get(f"/s/{TOKEN}/"),
            client.post(f"/s/{TOKEN}/"),
            client.get(f"/s/{TOKEN}/nothing"),
            client.post(f"/s/{TOKEN}/subscribe", data={"email": "reader@example.org"}),
            client.get(f"/mail/confirm/{PROOF}"),
            client.get("/static/nothing.css"),
        ]
    assert [answer.status_code for answer in answers] == [503, 403, 404, 503, 404, 404]
    text = at.read_text(encoding="utf-8")
    assert re.search(r'uvicorn\.access .*"GET /s/\*\*\*/ HTTP/1\.1" 503', text)
    assert "Service Unavailable: /s/***/subscribe" in text
    assert '"GET /static/nothing.css' in text
    for secret in (TOKEN, PROOF, PROOF.partition(":")[0]):
        assert secret not in text


def _wait(client: httpx.Client, at: Path) -> None:
    for _ in range(int(PATIENCE_S / 0.1)):
        try:
            client.get("/s/")
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the web process does not answer:\n{at.read_text(encoding='utf-8')}")
