"""Valkey, which speaks Redis, from its wheel's program: TCP on loopback, password needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from migrations_app.practice.ports import HOST
from migrations_app.practice.servers.binaries import valkey_server
from migrations_app.practice.statedir import write_private
from migrations_app.practice.supervisor import Child

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server. `durable`: it writes what it is told to a file and finds it there next time."""

    directory: Path
    port: int
    password: str = field(repr=False)
    durable: bool = True

    @property
    def url(self) -> str:
        """A Redis URL, password included."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def child(self) -> Child:
        """The password goes into a private file: everyone may read a command line."""
        config = self.directory / "valkey.conf"
        write_private(config, "\n".join(self._lines()) + "\n")
        return Child(name="valkey", argv=[str(valkey_server()), str(config)], ready=self._answers)

    def _lines(self) -> list[str]:
        return [
            f"bind {HOST}",
            f"port {self.port}",
            f'dir "{self.directory}"',
            f"requirepass {self.password}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "maxmemory 128mb",
            "maxmemory-policy noeviction",
        ]

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)  # whoever asks will ask again
        with Redis.from_url(self.url, socket_timeout=1, retry=once) as connection:
            return bool(connection.ping())
