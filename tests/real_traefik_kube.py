"""A real Traefik that watches a fake API server, and takes it for a cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from migrations_app.practice.supervisor import launch
from tests.fakes.kube_api import TOKEN
from tests.fakes.kube_store import Key
from tests.ports import free_ports
from tests.real_traefik import PATIENCE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.kube_api import KubeApi

    Obj = dict[str, Any]

ROUTE = {
    "spec": {
        "entryPoints": ["web"],
        "routes": [
            {
                "kind": "Rule",
                "match": "PathPrefix(`/`)",
                "services": [{"kind": "TraefikService", "name": "shop"}],
            }
        ],
    }
}


def furnish(api: KubeApi, ports: dict[str, int]) -> None:
    """A route to the TraefikService, and a Service with one endpoint for each side."""
    api.store.create(Key("traefik.io", "ingressroutes", "prod", "shop"), "v1alpha1", ROUTE)
    for name, port in ports.items():
        body: Obj = {"spec": {"clusterIP": "10.0.0.1", "ports": [{"name": "http", "port": 80}]}}
        api.store.create(Key("", "services", "prod", name), "v1", body)
        key = Key("discovery.k8s.io", "endpointslices", "prod", f"{name}-1")
        endpoint = {"addresses": ["127.0.0.1"], "conditions": {"ready": True}}
        slices: Obj = {"addressType": "IPv4", "endpoints": [endpoint]}
        slices["ports"] = [{"name": "http", "port": port}]
        slices["metadata"] = {"labels": {"kubernetes.io/service-name": name}}
        api.store.create(key, "v1", slices)


@contextmanager
def watching(api: KubeApi, home: Path) -> Iterator[tuple[int, str]]:
    """A Traefik in front of what is in `api`: its port, and the address of its own API."""
    web, admin = free_ports(2)
    options = {
        "entryPoints.web.address": f"127.0.0.1:{web}",
        "entryPoints.traefik.address": f"127.0.0.1:{admin}",
        "api.insecure": "true",
        "global.checkNewVersion": "false",
        "global.sendAnonymousUsage": "false",
        "providers.providersThrottleDuration": "0s",
        "providers.kubernetesCRD.endpoint": api.url,
        "providers.kubernetesCRD.token": TOKEN,
        "providers.kubernetesCRD.namespaces": "prod",
        "providers.kubernetesCRD.disableClusterScopeResources": "true",
    }
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    command = [
        str(PROGRAM),
        *(f"--{key}={value}" for key, value in options.items()),
    ]
    with (home / "log").open("wb") as log:
        running = subprocess.Popen([*tie, *command], stdout=log, stderr=log)
        with running:
            try:
                yield web, f"http://127.0.0.1:{admin}/api/http/services/prod-shop@kubernetescrd"
            finally:
                running.kill()


def has(url: str) -> dict[str, Any]:
    """A service as Traefik itself has it now; nothing where it does not know it yet."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
        told: dict[str, Any] = json.load(answer)
        return told
    return {}


def until(url: str, fits: Callable[[dict[str, Any]], bool]) -> None:
    """Until Traefik has it so."""
    over = time.monotonic() + PATIENCE
    while not fits(has(url)):
        assert time.monotonic() < over, f"Traefik has {has(url)}"
        time.sleep(0.02)
