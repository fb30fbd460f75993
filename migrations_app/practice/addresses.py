"""Where everything in the practice range is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Self

from migrations_app.practice.statedir import write_private

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class World:
    """What Warroom and the panel need to know of the world.

    URLs have no trailing slash. `blue_url`, `green_url` and `load_url` each have `/metrics`; the
    sides also have `/sickness` and the load `/load`, where GET and PUT need `control_token` in
    the header `X-Control-Token`. Weights are of the servers `blue` and `green` in
    `haproxy_backend`, by the runtime API at `haproxy_tcp` (`host:port`) or `haproxy_socket`.
    """

    frontend_url: str
    haproxy_tcp: str
    haproxy_socket: str
    haproxy_backend: str
    haproxy_url: str
    prometheus_url: str
    prometheus_is_real: bool
    blue_url: str
    green_url: str
    load_url: str
    control_token: str = field(repr=False)

    @property
    def metrics_urls(self) -> dict[str, str]:
        """The page of each scrape job, by the job's name."""
        return {
            "blue": f"{self.blue_url}/metrics",
            "green": f"{self.green_url}/metrics",
            "load": f"{self.load_url}/metrics",
            "haproxy": f"{self.haproxy_url}/metrics",
        }

    @property
    def sickness_urls(self) -> dict[str, str]:
        return {"blue": f"{self.blue_url}/sickness", "green": f"{self.green_url}/sickness"}

    def write(self, path: Path) -> None:
        """As JSON that only its owner may read."""
        write_private(path, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote; `ValueError` if it is something else."""
        told = json.loads(path.read_text())
        if set(told) != {field.name for field in fields(cls)}:
            raise ValueError(f"{path} does not describe a world; start the practice range anew.")
        return cls(**told)
