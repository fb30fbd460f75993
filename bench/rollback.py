"""How long from the click to the weight read back, beside what it can't be faster than.

    .venv/bin/python -m bench.rollback [--rounds 200] [--figures FILE]

A real HAProxy and a real PostgreSQL are started for it. Five things are timed in turn, in one
process, round by round, so that whatever else the machine does hits all of them alike:

- bare: the driver alone, `apply` and `observe`;
- commit: one transaction that inserts a row and updates another;
- back: the part of a click until the plane was read back at its baseline;
- weight: latch, then the route's first visit, written down;
- click: `conductor.rollback.roll_back`, latch to read-back, as the web process calls it.

Only the ratio means anything, and nothing is asserted.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

from bench.plots import bars, written
from migrations_app.practice.servers import binaries
from tests.real_haproxy import RealHAProxy, haproxy
from tests.servers import postgres_and_valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main() -> None:
    parser = argparse.ArgumentParser(description="Click to read-back, beside the bare calls.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--figures", type=Path)
    asked = parser.parse_args()
    with postgres_and_valkey() as servers, haproxy(str(binaries.haproxy())) as balancer:
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = (
            servers.postgres_url, servers.redis_url,
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        logging.disable(logging.WARNING)
        took = _measure(balancer, asked.rounds)
    report(took)
    halves = {name: statistics.median(seconds) for name, seconds in took.items()}
    written(asked.figures, [bars("From the click, p50", halves)])


def _measure(balancer: RealHAProxy, rounds: int) -> dict[str, list[float]]:
    from bench.rollback_run import Bench

    bench = Bench(balancer)
    works: dict[str, Callable[[], float | None]] = {
        "bare": bench.bare,
        "commit": bench.commit,
        "back": bench.back,
        "weight": bench.weight,
        "click": bench.click,
    }
    took: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 10):
        for name, work in works.items():
            bench.forward()
            seconds = _timed(work)
            if number >= 10:  # the first rounds warm caches up
                took[name].append(seconds)
    return took


def _timed(work: Callable[[], float | None]) -> float:
    """Seconds; some works know better when they were done."""
    began = time.perf_counter()
    known = work()
    return time.perf_counter() - began if known is None else known


def report(took: dict[str, list[float]]) -> None:
    """Milliseconds, and the ratio the design promises."""
    for name, seconds in took.items():
        print(f"{name:<8}" + "".join(f"{q:>6} {v * 1000:8.2f} ms" for q, v in _points(seconds)))
    for quantile in ("p50", "p99"):
        floor = sum(dict(_points(took[name]))[quantile] for name in ("bare", "commit"))
        for name in ("back", "weight", "click"):
            whole = dict(_points(took[name]))[quantile]
            print(f"{name} / (bare + commit) at {quantile}: {whole / floor:.2f}")


def _points(seconds: Sequence[float]) -> list[tuple[str, float]]:
    cuts = statistics.quantiles(seconds, n=100)
    return [("p50", cuts[49]), ("p95", cuts[94]), ("p99", cuts[98])]


if __name__ == "__main__":
    main()
