"""`python -m migrations_app.practice.promql`, as the practice range starts it."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.practice.promql.__main__ import listening
from tests.practice.promql.exporter import PATIENCE, exporting

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "migrations_app.practice.promql"]
MEGABYTE = 1024  # kB


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    with subprocess.Popen(
        [*COMMAND, "--listen", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            address = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", said)
            assert address, said
            with httpx.Client(base_url=address[1], timeout=PATIENCE) as client:
                yield process, client
        finally:
            process.kill()


def ask(client: httpx.Client, query: str) -> list[dict[str, object]]:
    result: list[dict[str, object]] = client.post("/api/v1/query", data={"query": query}).json()[
        "data"
    ]["result"]
    return result


def test_scrapes_and_answers() -> None:
    with (
        exporting(lambda request: f"x_total {request}\n") as exporter,
        running("--scrape", f"shop={exporter.url}", "--interval", "50ms") as (_, client),
    ):
        exporter.wait_for(10)
        assert client.get("/-/ready").status_code == 200
        (up,) = ask(client, "up")
        assert up["metric"] == {"__name__": "up", "job": "shop", "instance": exporter.address}
        (rate,) = ask(client, "rate(x_total[1m])")
        assert float(rate["value"][1]) > 0  # type: ignore[index]  # JSON has no types


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_when_told(number: signal.Signals) -> None:
    with running() as (process, client):
        ask(client, "up")
        process.send_signal(number)
        assert process.wait(PATIENCE) in {0, -number}
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(),
    reason="NOT PROVEN how much memory it takes: there is no /proc here",
)
def test_takes_little_memory() -> None:
    page = "".join(f'x_total{{n="{n}"}} {n}\n' for n in range(1_000))
    with (
        exporting(lambda _: page) as exporter,
        running("--scrape", f"shop={exporter.url}", "--interval", "50ms") as (process, client),
    ):
        exporter.wait_for(20)
        assert ask(client, "sum(x_total)")
        status = Path(f"/proc/{process.pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident
    assert int(resident[1]) < 60 * MEGABYTE


def test_answers_are_sent_at_once() -> None:
    with listening(("127.0.0.1", 0)) as listener, socket.socket() as caller:
        caller.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_knows_nothing_of_django() -> None:
    """So that it starts at once and stays small."""
    script = (
        "import sys, migrations_app.practice.promql.__main__\n"
        "assert not {'django', 'celery', 'psycopg'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--listen", "nowhere"], "is not HOST:PORT"),
        (["--scrape", "http://127.0.0.1/metrics"], "is not JOB=http"),
        (["--scrape", "shop=ftp://127.0.0.1/"], "is not JOB=http"),
        (["--interval", "often"], "--interval"),
        (["--interval", "0s"], "longer than nothing"),
        (["--retention", "-1h"], "--retention"),
    ],
)
def test_says_what_is_wrong_with_its_options(options: list[str], words: str) -> None:
    done = subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert words in done.stderr


def test_says_when_its_port_is_taken() -> None:
    with running() as (_, client):
        port = str(client.base_url.port)
        command = [*COMMAND, "--listen", f"127.0.0.1:{port}"]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode != 0
    assert os.strerror(errno.EADDRINUSE) in done.stderr
