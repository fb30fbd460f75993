"""What a page of a timeline costs among 100 entries, among 100,000 and among 1,000,000.

    .venv/bin/python -m bench.timeline [--sizes 100,100000,1000000] [--rounds 30]

A real PostgreSQL is started for it. The same pages are asked for in turn, round by round, in one
process, of runs that differ in nothing but their length, so that whatever else the machine does
hits all of them alike. Told are the median of each, how many queries it took, how many entries it
showed, and the ratio to the shortest run. Where a rare thing is looked for, the shortest run shows
fewer entries than the others, and the ratio tells of that. Then each document is read to its end:
time and peak memory per run.

Only the ratios mean anything, and nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

from tests.servers import postgres_and_valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PAGES = {
    "newest": "timeline/",
    "before": "timeline/?before=60",
    "common kind": "timeline/?show=metrics",
    "rare kind": "timeline/?show=decisions",
    "no such kind": "timeline/?show=comms",
    "pinned": "timeline/?show=pinned",
    "common word": "timeline/?q=passes",
    "rare word": "timeline/?q=vacuum",
    "part of 500": "timeline/?q=310+ms",
    "no such word": "timeline/?q=zebra",
    "words, kind": "timeline/?q=310&show=metrics",
    "news": "timeline/news?after=90",
    "one entry": "timeline/50/",
    "room": "",
}


LONGEST = 100_000
"""Documents of longer runs are not read: they would take minutes, and tell nothing new."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages of short and of long timelines.")
    parser.add_argument("--sizes", default="100,100000,1000000")
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    with postgres_and_valkey() as servers:
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = (
            servers.postgres_url, servers.redis_url,
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _measure(sizes, asked.rounds)


def _measure(sizes: Sequence[int], rounds: int) -> None:
    from bench.timeline_run import Bench

    bench = Bench(sizes)
    print(f"{'page':<14}" + "".join(f"{size:>27,}" for size in sizes))
    for name, path in PAGES.items():
        works = {size: bench.page(size, path) for size in sizes}
        accounts = {size: bench.account(works[size]) for size in sizes}
        report(name, accounts, _timed(works, rounds))
    for name in ("json", "md", "html"):
        for size in (one for one in sizes if one <= LONGEST):
            seconds, peak = bench.document(size, name)
            each = 1e6 * seconds / size
            print(f"{name:<5}{size:>12,} entries {each:8.1f} µs each, peak {peak / 1e6:6.1f} MB")


def _timed(works: Mapping[int, Callable[[], object]], rounds: int) -> dict[int, list[float]]:
    took: dict[int, list[float]] = {size: [] for size in works}
    for number in range(rounds + 3):
        for size, work in works.items():
            began = time.perf_counter()
            work()
            if number >= 3:  # the first rounds warm caches up
                took[size].append(time.perf_counter() - began)
    return took


def report(name: str, accounts: Mapping[int, str], took: Mapping[int, Sequence[float]]) -> None:
    """Milliseconds, queries, entries shown, and the ratio to the shortest run."""
    medians = {size: statistics.median(seconds) for size, seconds in took.items()}
    least = next(iter(medians.values()))
    cells = [
        f"{1000 * median:8.1f} ms {accounts[size]} {median / least:5.2f}x"
        for size, median in medians.items()
    ]
    print(f"{name:<14}" + "".join(cells))


if __name__ == "__main__":
    main()
