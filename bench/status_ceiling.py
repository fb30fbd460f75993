"""How many requests one core answers: our page, our static files, and nginx with the same bytes."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bench.peers import Peer
from bench.picture import Picture
from migrations_app.practice.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.status_night import Night

SECONDS = 4
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
STATIC = "/static/css/tokens.css"


class Files(Peer):
    """nginx with the page as a file, one worker."""

    def command(self) -> Sequence[str]:
        config = self.directory / "files.conf"
        config.write_text(self._config(), encoding="utf-8")
        nginx = str(shutil.which("nginx"))
        return [nginx, "-p", str(self.directory), "-c", str(config), "-e", "files.error"]

    def body(self, mark: str) -> bytes:
        return mark.encode()

    def _config(self) -> str:
        at = self.directory
        temp = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = " ".join(f"{one}_temp_path {at}/files.{one};" for one in temp)
        return f"""
worker_processes 1; daemon off; pid {at}/files.pid;
events {{ worker_connections 1000; }}
http {{ access_log off; {places} types {{ text/html html; }}
  sendfile on; keepalive_requests 1000000; open_file_cache max=10;
  server {{ listen {HOST}:{self.port}; root {at}/files; }} }}
"""


@dataclass
class Ceiling:
    """As a context, so that nginx ends."""

    night: Night
    nginx: Files

    @classmethod
    def of(cls, night: Night, at: Path) -> Ceiling | str:
        """Or a sentence about what is missing."""
        missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
        if missing:
            return f"NOT MEASURED, the ceiling: apt install {' '.join(missing)}"
        (at / "files").mkdir(mode=0o755)
        at.chmod(0o755)
        (at / "files" / "page.html").write_bytes(night.page())
        return cls(night, Files("nginx", at, Picture("")))

    def __enter__(self) -> Self:
        self.nginx.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.nginx.stop()

    def rates(self, rounds: int) -> dict[str, float]:
        """Requests a second, the median of rounds in which each has its turn."""
        places = {
            "nginx, the same bytes": (self.nginx.port, "/page.html"),
            "our page": (self.night.port, self.night.path),
            "our static files": (self.night.port, STATIC),
        }
        found: dict[str, list[float]] = {name: [] for name in places}
        for _ in range(rounds):
            for name, (port, path) in places.items():
                found[name].append(_wrk(port, path))
        return {name: statistics.median(rates) for name, rates in found.items()}


def _wrk(port: int, path: str) -> float:
    command = ["wrk", "-t1", "-c32", f"-d{SECONDS}s", f"http://{HOST}:{port}{path}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    rate = _RATE.search(said)
    assert rate is not None, said
    return float(rate[1])
