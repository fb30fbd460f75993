"""A public status page that everybody reads, and whether the room notices.

    .venv/bin/python -m bench.status [--rate 500] [--seconds 20] [--rounds 3] [--viewers 50]

Real servers: PostgreSQL, Valkey and one web process on the first core; the readers, at a fixed
rate whatever becomes of their requests (open loop), and the viewers of the room on the second.

1. The room alone, then with the readers, in turn: how long a note takes to every viewer. An update
   is published every few seconds in both. Half of the readers were here before, and ask whether
   anything is new.
2. The page's ceiling: as many requests as one core answers, beside nginx with the same bytes as a
   file and beside our own static files (told loudly where nginx or wrk is missing).
3. PostgreSQL stopped by SIGSTOP (it hangs), continued, then ended (it refuses): what the readers
   are told then, and with which age.

Only ratios in the same run mean anything, and nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

from bench.fanout_report import quantile
from bench.process import cpu_s, family
from bench.readers import Load, Servers, readers, servers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.status_night import Night


def main() -> None:
    parser = argparse.ArgumentParser(description="A status page that everybody reads.")
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--ceiling", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    with servers() as started, tempfile.TemporaryDirectory(prefix="warroom-bench-") as at:
        night = _night(started, Path(at), asked.viewers)
        try:
            beside(night, asked.rate, asked.seconds, asked.rounds)
            if asked.ceiling:
                ceiling(night, Path(at), asked.rounds)
            without(night, started, asked.rate, asked.seconds)
        finally:
            night.stop()


def _night(started: Servers, at: Path, viewers: int) -> Night:
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = started.postgres_url, started.redis_url
    os.environ["WARROOM_STATUS_DIR"] = str(at / "mirror")
    import django

    django.setup()
    from django.core.management import call_command

    from bench.status_night import Night

    call_command("migrate", verbosity=0)
    return Night.begun(at, started, viewers)


def beside(night: Night, rate: float, seconds: float, rounds: int) -> None:
    """The room alone and beside the readers, in turn."""
    alone: list[float] = []
    crowded: list[float] = []
    loads: list[Load] = []
    spent = 0.0
    night.notes(2.0)
    for _ in range(rounds):
        alone += night.notes(seconds - 1, publishing=True)
        before = cpu_s(night.pid)
        with readers(night.port, night.path, rate, seconds) as outcome:
            crowded += night.notes(seconds - 1, publishing=True)
        spent += cpu_s(night.pid) - before
        loads += outcome
    print(f"a note to every one of {night.viewers} viewers, ms (of {len(alone)}, {len(crowded)})")
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        one, other = quantile(alone, share), quantile(crowded, share)
        print(f"  {name}: alone {1e3 * one:7.1f}, beside {1e3 * other:7.1f}, {other / one:.2f}x")
    print(f"  the web process took {100 * spent / rounds / seconds:.0f} % of its core meanwhile")
    for load in loads:
        told("readers", load)


def told(who: str, load: Load) -> None:
    """One line about the readers."""
    took = ", ".join(f"{name} {1e3 * seconds:.1f}" for name, seconds in load.took.items())
    print(f"{who}: {load.sent:,} asked, {load.failed} failed, statuses {load.statuses}")
    print(
        f"  {100 * load.unchanged:.0f} % had it already; ms {took}; late by {1e3 * load.late:.1f}"
    )


def ceiling(night: Night, at: Path, rounds: int) -> None:
    """As many requests as one core answers."""
    from bench.status_ceiling import Ceiling

    found = Ceiling.of(night, at)
    if isinstance(found, str):
        print(found)
        return
    with found as each:
        rates = each.rates(rounds)
    most = rates["nginx, the same bytes"]
    for name, rate in rates.items():
        print(f"{name:<28}{rate:>10,.0f} requests/s  {rate / most:.2f}x")


def without(night: Night, started: Servers, rate: float, seconds: float) -> None:
    """PostgreSQL hangs, comes back, ends."""
    for name, number in (("hangs", signal.SIGSTOP), ("is back", signal.SIGCONT)):
        _signal(family(started.postgres_pid), number)
        _read(night, f"PostgreSQL {name}", rate, seconds)
    started.stop_postgres()
    _read(night, "PostgreSQL ended", rate, seconds)


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def _read(night: Night, name: str, rate: float, seconds: float) -> None:
    with readers(night.port, night.path, rate, seconds) as outcome:
        time.sleep(seconds - 1)
        since = night.unchecked_since()
    told(name, outcome[0])
    print(f"  it says: {'checked just now' if since is None else f'not checked since {since}'}")


if __name__ == "__main__":
    main()
