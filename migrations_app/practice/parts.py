"""The world's processes, wired to one another: load balancer, two sides, customers, metrics."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import migrations_app
from migrations_app.practice.addresses import World
from migrations_app.practice.ports import HOST
from migrations_app.practice.servers.haproxy import BACKEND, HAProxy, Ports
from migrations_app.practice.servers.prometheus import Metrics
from migrations_app.practice.supervisor import Child, answers
from migrations_app.practice.world.service import TOKEN_VARIABLE

if TYPE_CHECKING:
    from migrations_app.practice.statedir import StateDir
    from migrations_app.practice.supervisor import Supervisor
    from migrations_app.practice.world.load import Demand

PACKAGE = "migrations_app.practice.world"
LONGEST_SOCKET = 85  # of the 107 characters there are; HAProxy binds under a longer name first


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything in the world, not started yet. A group starts when the one before is ready."""

    world: World
    haproxy: HAProxy
    groups: list[list[Child]]


def make_parts(state: StateDir, supervisor: Supervisor, *, real: bool, demand: Demand) -> Parts:
    """Choose ports and files under `state`, and write the configurations.

    `real`: with a real Prometheus rather than the practice range's own.
    """
    ports = Ports(**{name: state.port(name) for name in Ports.__slots__})
    haproxy = HAProxy(state.make("haproxy"), _socket(state, supervisor), ports)
    load_port, metrics_port = state.port("load"), state.port("prometheus")
    world = World(
        frontend_url=_url(ports.front),
        haproxy_tcp=f"{HOST}:{ports.runtime}",
        haproxy_socket=str(haproxy.socket),
        haproxy_backend=BACKEND,
        haproxy_url=_url(ports.metrics),
        prometheus_url=_url(metrics_port),
        prometheus_is_real=real,
        blue_url=_url(ports.blue),
        green_url=_url(ports.green),
        load_url=_url(load_port),
        control_token=state.secret("control"),
    )
    directory, env = state.make("prometheus"), python_environment()
    metrics = Metrics(directory, metrics_port, world.metrics_urls, env, real)
    sides = [
        _side("blue", ports.blue, ports.green, world),
        _side("green", ports.green, ports.blue, world),
    ]
    load = _load(load_port, ports, world, demand)
    return Parts(world, haproxy, [[*sides, metrics.child()], [haproxy.child()], [load]])


def python_environment() -> dict[str, str]:
    """What a Python child needs to import us, wherever it is started."""
    root = str(Path(migrations_app.__file__).parent.parent)
    path = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


def _side(name: str, port: int, peer: int, world: World) -> Child:
    arguments = ["--name", name, "--listen", str(port), "--peer", str(peer)]
    return _python(name, "service", arguments, world, f"{_url(port)}/health")


def _load(port: int, ports: Ports, world: World, demand: Demand) -> Child:
    where = {"listen": port, "front": ports.front, "blue": ports.blue, "green": ports.green}
    arguments = [part for name, value in where.items() for part in (f"--{name}", str(value))]
    arguments += ["--rate", str(demand.rate), "--shadow", str(demand.shadow)]
    return _python("load", "load", arguments, world, f"{_url(port)}/metrics")


def _python(name: str, module: str, arguments: list[str], world: World, page: str) -> Child:
    return Child(
        name=name,
        argv=[sys.executable, "-m", f"{PACKAGE}.{module}", *arguments],
        env=python_environment() | {TOKEN_VARIABLE: world.control_token},
        ready=answers(page),
    )


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _socket(state: StateDir, supervisor: Supervisor) -> Path:
    """Beside HAProxy's other files if the path is short enough for a UNIX socket."""
    near = state.make("haproxy") / "admin.sock"
    if len(str(near)) <= LONGEST_SOCKET:
        return near
    short = Path(tempfile.mkdtemp(prefix="warroom-"))
    supervisor.remove_at_end(short)
    return short / "admin.sock"
