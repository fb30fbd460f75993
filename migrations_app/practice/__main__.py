"""`make demo`: a whole war room on this machine, on real parts.

python -m migrations_app.practice --dir DIR [--reset] [--headless]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from migrations_app.practice.demo import night
from migrations_app.practice.demo.processes import Web, children, environment
from migrations_app.practice.demo.seed import PASSWORD, PEOPLE
from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.stack import Options, Stack, describe, stack
from migrations_app.practice.supervisor.signals import ended_politely

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="practice", description="Warroom's practice range.")
    parser.add_argument("--dir", type=Path, required=True, help="where it keeps everything")
    parser.add_argument("--reset", action="store_true", help="forget what is there")
    parser.add_argument("--headless", action="store_true", help="play a night, then end")
    parser.add_argument("--torment", action="store_true", help="and kill -9 processes meanwhile")
    parser.add_argument("--listen", default=HOST, help="HOST or HOST:PORT for the browser")
    asked = parser.parse_args(argv)
    progress = Progress()
    progress.say("Starting PostgreSQL, Valkey, HAProxy, BLUE, GREEN, customers, metrics")
    try:
        with ended_politely(), stack(asked.dir, Options(reset=asked.reset)) as running:
            return _run(running, progress, asked)
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Everything is kept; `make demo RESET=1` starts anew.", flush=True)
        return 0


class Seeded(TypedDict):
    """What the seed says: the live run, if asked for one, and tokens by person."""

    run: int | None
    tokens: dict[str, str]


@dataclass(slots=True)
class Progress:
    """One line a stage, with the seconds since the start."""

    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:5.1f} s  {what}", flush=True)


def _run(running: Stack, progress: Progress, asked: argparse.Namespace) -> int:
    host, _, port = asked.listen.partition(":")
    web = Web(host, int(port) if port else running.state.port("web"))
    env = environment(running, web)
    progress.say("Laying out the database, people and the plan")
    seeded = _seed(env, live=not asked.headless)
    progress.say("Starting web, workers and poller")
    running.supervisor.add(*children(env, web))
    url = env["WARROOM_URL"]
    if asked.headless:
        progress.say("Ready: the night begins")
        return night.play(running, url, seeded["tokens"], torment=asked.torment)
    progress.say("Ready")
    print(_welcome(running, f"{url}/runs/{seeded['run']}/"), flush=True)
    running.supervisor.wait()
    return 0


def _seed(env: dict[str, str], *, live: bool) -> Seeded:
    command = [sys.executable, "-m", "migrations_app.practice.demo.seed"]
    if live:
        command.append("--run")
    done = subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PracticeError(f"The database could not be laid out:\n{done.stderr}")
    found: Seeded = json.loads(done.stdout.splitlines()[-1])
    return found


def _welcome(running: Stack, room: str) -> str:
    people = "\n".join(f"  {name:<6} {role}" for name, role in PEOPLE.items())
    return (
        f"\nThe room         {room}\n\n"
        f"Log in with the password `{PASSWORD}` as\n{people}\n  admin  the site's administrator\n\n"
        "Say Go and watch the traffic move; below the room, make GREEN sick and watch it come back."
        f"\n\n{describe(running)}\n\nCtrl-C stops everything."
    )


if __name__ == "__main__":
    sys.exit(main())
