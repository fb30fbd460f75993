"""The practice range without Warroom: databases and world, in one state directory.

python -m migrations_app.practice.stack --dir DIR

brings it up, says where everything is, and runs until Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.parts import make_parts
from migrations_app.practice.servers.binaries import prometheus
from migrations_app.practice.servers.home import find_home
from migrations_app.practice.servers.postgres import Postgres
from migrations_app.practice.servers.saver import StateSaver
from migrations_app.practice.servers.valkey import Valkey
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from migrations_app.practice.supervisor.memory import Memory
from migrations_app.practice.supervisor.signals import ended_politely
from migrations_app.practice.world.load import Demand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.practice.addresses import World
    from migrations_app.practice.servers.haproxy import HAProxy


@dataclass(frozen=True, slots=True)
class Options:
    """`durable`: survives a crash of the machine, at the price of speed. `real_prometheus` None:
    a real one if one is on PATH, otherwise the practice range's own."""

    durable: bool = True
    reset: bool = False
    real_prometheus: bool | None = None
    demand: Demand = field(default_factory=Demand)


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs. Add further children to `supervisor`; they stop first. URLs hold passwords."""

    state: StateDir
    supervisor: Supervisor
    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    world: World
    haproxy: HAProxy

    def reload_haproxy(self) -> None:
        """As an operator would; the weights stay."""
        self.haproxy.reload(self.supervisor.pids()["haproxy"])


@contextmanager
def stack(directory: Path, options: Options | None = None) -> Iterator[Stack]:
    """Everything up in `directory`, and down again at the end, however that comes.

    A second start finds the data, the ports and the weights of the first. `PracticeError` says
    what a person can do if it can't be started.
    """
    options = options or Options()
    state = StateDir(directory)
    with state.locked() as lock:
        if options.reset:
            state.reset()
        with Supervisor(state.path, keep_open=[lock]) as supervisor:
            yield from _run(state, supervisor, options)


def _run(state: StateDir, supervisor: Supervisor, options: Options) -> Iterator[Stack]:
    postgres = make_postgres(state, durable=options.durable)
    valkey = make_valkey(state, durable=options.durable)
    wanted = options.real_prometheus
    real = prometheus() is not None if wanted is None else wanted
    parts = make_parts(state, supervisor, real=real, demand=options.demand)
    first, *others = parts.groups
    supervisor.add(postgres.child(), valkey.child(), *first)
    postgres.create_database()
    for group in others:
        supervisor.add(*group)
    parts.world.write(state.path / "world.json")
    saver = StateSaver(parts.haproxy.save_state)
    try:
        yield Stack(state, supervisor, postgres.url(), valkey.url, parts.world, parts.haproxy)
    finally:
        saver.stop()


def make_postgres(state: StateDir, *, durable: bool) -> Postgres:
    return Postgres(find_home(state), state.port("postgres"), state.secret("postgres"), durable)


def make_valkey(state: StateDir, *, durable: bool) -> Valkey:
    return Valkey(state.make("valkey"), state.port("valkey"), state.secret("valkey"), durable)


def describe(running: Stack) -> str:
    """Where everything is, for a person; secrets stay in the files that hold them."""
    world = running.world
    memory = sum(running.supervisor.memory().values(), Memory())
    kind = "Prometheus" if world.prometheus_is_real else "the range's own metrics server"
    return "\n".join(
        [
            f"Traffic      {world.frontend_url}/orders (say `Authorization: Bearer customer-1`)",
            f"HAProxy      {world.haproxy_tcp} or {world.haproxy_socket}",
            f"Metrics      {world.prometheus_url} ({kind})",
            *(f"{side:<12} {url} (sickness)" for side, url in world.sickness_urls.items()),
            f"Load         {world.load_url}/load",
            f"Details      {running.state.path}/world.json, processes.json, secrets.json, logs/",
            f"Memory       {memory.pss / 2**20:.0f} MB",
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The practice range: databases and world.")
    parser.add_argument("--dir", type=Path, required=True, help="where it keeps everything")
    parser.add_argument("--reset", action="store_true", help="forget what is there")
    parser.add_argument("--rate", type=float, default=Demand().rate, help="requests per second")
    parser.add_argument("--own-metrics", action="store_true", help="even if there is a Prometheus")
    asked = parser.parse_args(argv)
    options = Options(
        reset=asked.reset,
        real_prometheus=False if asked.own_metrics else None,
        demand=Demand(rate=asked.rate),
    )
    try:
        with ended_politely(), stack(asked.dir, options) as running:
            print(describe(running), flush=True)
            print("Ctrl-C ends it.", flush=True)
            running.supervisor.wait()
    except PracticeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Ended.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
