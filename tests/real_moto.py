"""moto, an emulator of AWS, for tests: one server per session, gone afterwards."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING = "NOT PROVEN against an emulator of AWS: moto is missing (make counterparts)"
NEEDED = [
    pytest.mark.real("moto"),
    pytest.mark.skipif(find_spec("moto") is None, reason=MISSING),
]
REGION = "eu-central-1"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "OPEN-SESAME-of-the-tests"
KEYS = {"region": REGION, "access_key_id": KEY_ID, "secret_access_key": SECRET}
_PATIENCE = 60.0
# Whoever spoke to the server hangs up before it goes.
_hung_up_at_the_end = ExitStack()


class _Closes(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=_Closes)


def until_the_end(caller: T) -> T:
    """The same, closed when the server ends."""
    _hung_up_at_the_end.callback(caller.close)
    return caller


@contextmanager
def moto() -> Iterator[int]:
    """Its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*command, "-p", str(port)], stdout=quiet, stderr=quiet) as server:
        try:
            _wait(port, server)
            with _hung_up_at_the_end:
                yield port
        finally:
            server.terminate()


def client(service: str, port: int) -> Any:
    """A hand of its own on what the server holds."""
    import botocore.session

    made = botocore.session.Session().create_client(
        service,
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
    )
    return until_the_end(made)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as asked:
                asked.request("GET", "/moto-api/data.json")
                asked.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("moto did not start")
