"""One change to many viewers: ours beside nginx, django-eventstream and a bare generator.

    .venv/bin/python -m bench.fanout [--viewers 10,100,500,2000] [--rounds 3] [--events 30]
                                     [--figures FILE]

Real servers, each in a process of its own on the first core, PostgreSQL and Valkey among them; the
viewers, raw connections in one process, on the second. Everybody is sent the same bytes: what our
room sends when somebody writes a note. One server at a time, in another order each round, so that
whatever else the machine does hits all of them alike.

- warroom: the web process as people start it. Publishing is writing the note: transaction, bell,
  drawing the room anew, sending. Every viewer is a person of their own, signed in;
- hub: our hub and our stream alone, given the bytes by POST as the others are;
- starlette: an async generator and a queue per viewer;
- nchan: nginx; told loudly if it is not installed (apt install nginx-light libnginx-mod-nchan);
- eventstream: django-eventstream in one process, without storage and without Redis.

Times are from the beginning of the publication to the receipt by each viewer. Only the ratios to
the bare generator in the same run mean anything, and nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

from bench.fanout_cell import measured
from bench.fanout_report import grown, report
from bench.growth_fit import table
from bench.peers import EventStream, Hub, Nchan, Peer, Starlette, nchan_module
from bench.plots import curves, written
from bench.process import server_side
from tests.servers import Servers, postgres_and_valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.fanout_cell import Cell
    from bench.room import House

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "var" / "bench" / "peers"
ALL = ("warroom", "hub", "starlette", "nchan", "eventstream")


def main() -> None:
    parser = argparse.ArgumentParser(description="One change to many viewers.")
    parser.add_argument("--viewers", default="10,100,500,2000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--peers", default=",".join(ALL))
    parser.add_argument("--figures", type=Path)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.viewers.split(",")]
    cells = run(asked.peers.split(","), sizes, asked.rounds, asked.events)
    report(cells)
    drawn = grown(cells)
    print(table("To a viewer, p99, as viewers grow", drawn))
    written(asked.figures, [curves("To a viewer, p99", drawn)])


def run(names: Sequence[str], sizes: Sequence[int], rounds: int, events: int) -> list[Cell]:
    """Every server with every number of viewers, so many rounds."""
    with server_side():
        servers = postgres_and_valkey()
        started = servers.__enter__()
    try:
        with tempfile.TemporaryDirectory(prefix="warroom-bench-") as directory:
            makers = _makers(names, _house(started, max(sizes)), started, Path(directory))
            return _cells(makers, sizes, rounds, events)
    finally:
        servers.__exit__(None, None, None)


def _cells(
    makers: Mapping[str, Callable[[], Peer]], sizes: Sequence[int], rounds: int, events: int
) -> list[Cell]:
    cells = []
    for number in range(rounds):
        for size in sizes:
            order = random.Random(number).sample(list(makers), len(makers))  # noqa: S311 (an order)
            for name in order:
                cells.append(measured(makers[name](), size, events))
                print(f"round {number + 1}, {size} viewers: {name}", file=sys.stderr)
    return cells


def _house(servers: Servers, viewers: int) -> House:
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = servers.postgres_url, servers.redis_url
    import django

    django.setup()
    from django.core.management import call_command

    from bench.room import House

    call_command("migrate", verbosity=0)
    return House.built(viewers)


def _makers(
    names: Sequence[str], house: House, servers: Servers, at: Path
) -> dict[str, Callable[[], Peer]]:
    from bench.room import Warroom

    picture = house.picture()
    print(f"an event: {len(picture.frame('')):,} bytes", file=sys.stderr)
    told = {"DATABASE_URL": servers.postgres_url, "REDIS_URL": servers.redis_url}
    makers: dict[str, Callable[[], Peer]] = {
        "warroom": lambda: Warroom("warroom", at, picture, house=house, told=told),
        "hub": lambda: Hub("hub", at, picture),
        "starlette": lambda: Starlette("starlette", at, picture, python=peers_python()),
        "eventstream": lambda: EventStream("eventstream", at, picture, python=peers_python()),
    }
    if nchan_module() is not None:
        makers["nchan"] = lambda: Nchan("nchan", at, picture)
    elif "nchan" in names:
        print("NOT MEASURED beside nchan: apt install nginx-light libnginx-mod-nchan")
    return {name: makers[name] for name in names if name in makers}


def peers_python() -> Path:
    """An interpreter with the peers, and with nothing of ours. Made once, below var/."""
    python, listed = PEERS / "bin" / "python", HERE / "requirements-peers.txt"
    wanted = listed.read_text(encoding="utf-8")
    mark = PEERS / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(listed)]
        subprocess.run(pip, check=True)
        mark.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    main()
