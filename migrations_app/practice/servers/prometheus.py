"""Metrics: a real Prometheus when one is on PATH, otherwise the practice range's own server.

A real one reads its first metrics five seconds after its start, whatever it is configured to do.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.servers.binaries import prometheus
from migrations_app.practice.supervisor import Child, answers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAND_IN = "migrations_app.practice.promql"
INTERVAL = "1s"


@dataclass(frozen=True, slots=True)
class Metrics:
    """One server with the Prometheus HTTP API, reading `jobs` (name → URL of a metrics page)."""

    directory: Path
    port: int
    jobs: Mapping[str, str]
    env: Mapping[str, str]
    real: bool

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def child(self) -> Child:
        argv = self._real_argv() if self.real else self._stand_in_argv()
        ready = answers(f"{self.url}/api/v1/query?query=up")
        return Child(name="prometheus", argv=argv, env=self.env, ready=ready)

    def _stand_in_argv(self) -> list[str]:
        argv = [sys.executable, "-m", STAND_IN, "--listen", f"{HOST}:{self.port}"]
        for job, url in self.jobs.items():
            argv += ["--scrape", f"{job}={url}"]
        return [*argv, "--interval", INTERVAL]

    def _real_argv(self) -> list[str]:
        program = prometheus()
        if program is None:
            raise PracticeError(
                "A real Prometheus was asked for, but there is no `prometheus` on PATH."
            )
        config = self.directory / "prometheus.yml"
        config.write_text(self._config())
        return [
            str(program),
            f"--config.file={config}",
            f"--storage.tsdb.path={self.directory / 'data'}",
            "--storage.tsdb.retention.time=1d",
            f"--web.listen-address={HOST}:{self.port}",
            "--log.level=warn",
        ]

    def _config(self) -> str:
        """JSON, which is YAML too, so that nothing needs escaping by hand."""
        jobs = [_job(name, url) for name, url in self.jobs.items()]
        timing = {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL}
        return json.dumps({"global": timing, "scrape_configs": jobs}, indent=1)


def _job(name: str, url: str) -> dict[str, object]:
    scheme, _, rest = url.partition("://")
    address, _, path = rest.partition("/")
    static = [{"targets": [address]}]
    return {
        "job_name": name,
        "scheme": scheme,
        "metrics_path": f"/{path}",
        "static_configs": static,
    }
