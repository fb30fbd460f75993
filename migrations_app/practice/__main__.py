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
from typing import TYPE_CHECKING

from migrations_app.practice.demo import night
from migrations_app.practice.demo.processes import children, environment
from migrations_app.practice.demo.seed import PASSWORD, PEOPLE
from migrations_app.practice.errors import PracticeError
from migrations_app.practice.stack import Options, Stack, describe, stack
from migrations_app.practice.supervisor.signals import ended_politely

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="practice", description="Warroom's practice range.")
    parser.add_argument("--dir", type=Path, required=True, help="where it keeps everything")
    parser.add_argument("--reset", action="store_true", help="forget what is there")
    parser.add_argument("--headless", action="store_true", help="play a night, then end")
    asked = parser.parse_args(argv)
    progress = Progress()
    progress.say("Starting PostgreSQL, Valkey, HAProxy, BLUE, GREEN, customers, metrics")
    try:
        with ended_politely(), stack(asked.dir, Options(reset=asked.reset)) as running:
            return _run(running, progress, headless=asked.headless)
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Everything is kept; `make demo RESET=1` starts anew.", flush=True)
        return 0


@dataclass(slots=True)
class Progress:
    """One line a stage, with the seconds since the start."""

    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:5.1f} s  {what}", flush=True)


def _run(running: Stack, progress: Progress, *, headless: bool) -> int:
    port = running.state.port("web")
    env = environment(running, port)
    progress.say("Laying out the database, people and the plan")
    seeded = _seed(running, env, live=not headless)
    progress.say("Starting web, workers and poller")
    running.supervisor.add(*children(env, port))
    url = env["WARROOM_URL"]
    if headless:
        progress.say("Ready: the night begins")
        return night.play(running, url, seeded["tokens"])
    progress.say("Ready")
    print(_welcome(running, f"{url}/runs/{seeded['run']}/"), flush=True)
    running.supervisor.wait()
    return 0


def _seed(running: Stack, env: dict[str, str], *, live: bool) -> dict[str, object]:
    command = [sys.executable, "-m", "migrations_app.practice.demo.seed"]
    if live:
        command.append("--run")
    done = subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PracticeError(f"The database could not be laid out:\n{done.stderr}")
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
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
