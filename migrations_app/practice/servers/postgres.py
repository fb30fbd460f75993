"""PostgreSQL 18 from its wheel's own programs: one cluster, TCP on loopback, password needed.

No UNIX socket: its path would have to be short, and nobody needs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.statedir import write_private
from migrations_app.practice.supervisor import Child
from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from migrations_app.practice.servers.home import Home

USER = "warroom"
DATABASE = "warroom"
INITDB = (
    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
    *("--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
    # The password is 24 random bytes; stretching it would only slow every connection down.
    *("--set=scram_iterations=1",),
)
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "huge_pages": "off",
    "io_method": "sync",  # saves three processes
}
# For data that nobody will miss. What is committed survives any kill, but no power cut.
FLEETING = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A cluster in its home. `durable`: what is committed survives a crash of the machine."""

    home: Home
    port: int
    password: str = field(repr=False)
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home.data / "cluster"

    def url(self, database: str = DATABASE) -> str:
        """A libpq URL, password included."""
        return f"postgresql://{USER}:{self.password}@{HOST}:{self.port}/{database}"

    def child(self) -> Child:
        return Child(
            name="postgres",
            argv=[str(self.home.programs / "postgres"), "-D", str(self.data), *self._settings()],
            before=self._before,
            ready=self._answers,
            stop_signal=signal.SIGINT,  # "fast": rolls back what is open, then ends cleanly
            stop_seconds=10.0,
            account=self.home.account,
        )

    def create_database(self, name: str = DATABASE) -> None:
        """The database `name`, empty unless it is there already."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _settings(self) -> list[str]:
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else FLEETING)
        return [f"--{name}={value}" for name, value in settings.items()]

    def _answers(self) -> bool:
        with psycopg.connect(self.url("postgres"), connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)

    def _before(self) -> None:
        if self.data.exists():
            clear_stale(self.data)
        else:
            self._initialise()

    def _initialise(self) -> None:
        """A new cluster, visible under its name only when it is whole."""
        draft, secret = self.home.data / "new", self.home.data / "password"
        write_private(secret, self.password)
        self._give(secret)
        try:
            shutil.rmtree(draft, ignore_errors=True)  # an earlier try may have been killed
            files = ("-D", str(draft), "-U", USER, f"--pwfile={secret}")
            self._run(str(self.home.programs / "initdb"), *files, *INITDB)
            draft.rename(self.data)
        finally:
            secret.unlink()

    def _give(self, path: Path) -> None:
        if self.home.account is not None:
            os.chown(path, self.home.account.uid, self.home.account.gid)

    def _run(self, *argv: str) -> None:
        command = launched(argv, signal.SIGKILL, self.home.account)
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise PracticeError(f"{argv[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def clear_stale(data: Path, patience: float = 10.0) -> None:
    """Undo what a killed postmaster left behind, so that the next one starts.

    Its pid file names a process that is gone, or a number that now belongs to somebody else; or
    it is an orphan of ours, still at work in this directory, and is asked to stop first.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0] or 0)
    deadline = time.monotonic() + patience
    while _works_in(pid, data) and time.monotonic() < deadline:
        os.kill(pid, signal.SIGINT)
        time.sleep(0.1)
    if _works_in(pid, data):
        raise PracticeError(f"PostgreSQL (process {pid}) in {data} does not stop: end it first.")
    pid_file.unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    """Is `pid` a running process whose directory is `data`? That is where a postmaster stands."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False
