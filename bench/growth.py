"""How Warroom grows: checks 10 to 10,000, live runs 1 to 1,000, entries 100 to 1,000,000.

    .venv/bin/python -m bench.growth [--checks 10,100,1000,10000] [--runs 1,10,100,1000]
                                     [--entries 100,10000,1000000] [--rounds 5] [--figures FILE]

A real PostgreSQL and Valkey are started for it, and a server on loopback that answers instant
queries. Every work at every size is timed in turn, round by round, in one process. Told are the
medians, the exponent of the power law through them (1 is linear, 0 flat), and that of the last
step, where what is fixed weighs least. Checks are compared with the same HTTP reads made bare.

Only ratios and exponents mean anything, and nothing is asserted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

from bench.growth_fit import measured, table
from bench.plots import curves, written
from bench.process import Process
from migrations_app.practice.ports import free_port
from tests.servers import postgres_and_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.growth_fit import Curve


def main() -> None:
    parser = argparse.ArgumentParser(description="How Warroom grows.")
    parser.add_argument("--checks", default="10,100,1000,10000")
    parser.add_argument("--runs", default="1,10,100,1000")
    parser.add_argument("--entries", default="100,10000,1000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--figures", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, postgres_and_valkey() as servers:
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = (
            servers.postgres_url, servers.redis_url,
        )  # fmt: skip
        os.environ["WARROOM_KEEP_DIR"] = place
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        logging.disable(logging.WARNING)
        figures = _figures(asked)
    written(asked.figures, [curves(title, drawn) for title, drawn in figures.items()])


def _figures(asked: argparse.Namespace) -> dict[str, list[Curve]]:
    from bench.growth_checks import Checks
    from bench.growth_events import Events
    from bench.growth_runs import Runs

    figures = {}
    if sizes := _sizes(asked.checks):
        with _stub() as url:
            works = Checks(url, max(sizes)).works(sizes)
            figures["Checks evaluated"] = measured(works, "checks", asked.rounds)
        print(table("Checks evaluated", figures["Checks evaluated"], base="bare"), flush=True)
    if sizes := _sizes(asked.runs):
        figures["Live runs"] = measured(Runs(max(sizes)).works(sizes), "live runs", asked.rounds)
        print(table("Live runs", figures["Live runs"]), flush=True)
    if sizes := _sizes(asked.entries):
        figures["Entries"] = measured(Events(sizes).works(sizes), "entries", asked.rounds)
        print(table("Entries", figures["Entries"]), flush=True)
    return figures


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size]


@contextmanager
def _stub() -> Iterator[str]:
    """Beside us, on whatever core is free."""
    port = free_port()
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "bench.growth_stub", str(port)]
        stub = Process.start(command, Path(place) / "log")
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            stub.stop()


def _wait(port: int) -> None:
    import socket
    import time

    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The stub did not start.")


if __name__ == "__main__":
    main()
