"""A whole leg over planes of several kinds at once, all of them real: shadow, canary, everything,
and one click back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import gate
from migrations_app.actions.rollback import Back
from migrations_app.conductor import seams
from migrations_app.conductor.rollback import roll_back
from migrations_app.conductor.start import start
from migrations_app.domain.states import State
from migrations_app.models import Route
from migrations_app.practice.servers import binaries
from migrations_app.reads.room.routes import route_views
from tests.build import CLICK
from tests.real_envoy import MIRROR, PREFIX, RealEnvoy, envoy, mirrored, weighted
from tests.real_haproxy import RealHAProxy, haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = [pytest.mark.real("envoy"), pytest.mark.django_db(transaction=True)]

ROUTES = [
    {"name": "shadow", "moves": "mirror"},
    {"name": "edge", "drain": "1m"},
    {"name": "backend", "rank": 1},
]
_GATE = {"checks": ["errors"], "roles": ["dri"]}
PHASES = [
    {"name": "shadow", "weights": {"shadow": 12.5}, "gate": _GATE},
    {"name": "canary", "weights": {"shadow": 0, "edge": 5, "backend": 10}, "gate": _GATE},
    {"name": "all", "weights": {"edge": 100, "backend": 100}, "gate": _GATE},
]


@pytest.fixture
def proxies() -> Iterator[tuple[RealEnvoy, RealHAProxy]]:
    routes = {"weights": [weighted()], "mirror": [mirrored()]}
    with envoy(routes=routes) as edge, haproxy(str(binaries.haproxy())) as backend:
        yield edge, backend
        seams.forget()


def bound(house: House, edge: RealEnvoy, backend: RealHAProxy) -> dict[str, Any]:
    sides = {"url": edge.admin, "blue": "blue", "green": "green", "timeout": 10}
    haproxy_config = {
        "address": backend.tcp, "backend": "app", "blue": "blue", "green": "green", "timeout": 10,
    }  # fmt: skip
    environments = house.environments()
    environments["rehearsal"]["routes"] = {
        "shadow": {"driver": "envoy", "config": {**sides, "runtime_key": MIRROR}},
        "edge": {"driver": "envoy", "config": {**sides, "runtime_key_prefix": PREFIX}},
        "backend": {"driver": "haproxy", "config": haproxy_config},
    }
    return environments


def copied(edge: RealEnvoy) -> float:
    """Percent of the requests."""
    told = json.loads(edge.runtime().get(MIRROR, "0"))
    return float(told) if isinstance(told, int) else told["numerator"] / 100


def shares(edge: RealEnvoy, backend: RealHAProxy) -> tuple[float, int]:
    """GREEN's, in percent, by the planes' own accounts."""
    values = edge.runtime()
    blue, green = (int(values[f"{PREFIX}.{side}"]) for side in ("blue", "green"))
    return 100 * green / (blue + green), backend.weight("green")


def go(house: House, made: Room) -> None:
    gate.go(made.run_id, made.ana, CLICK)
    if made.run.state != State.COMPLETED:
        house.settle(made)


def test_shadow_canary_everything_and_back(
    house: House, proxies: tuple[RealEnvoy, RealHAProxy]
) -> None:
    edge, backend = proxies
    made = house.planned(environments=bound(house, edge, backend), routes=ROUTES, phases=PHASES)
    house.source.set("errors", 0.0)
    start(made.run_id, made.ana, CLICK)
    house.settle(made)
    assert copied(edge) == 12.5
    assert Route.objects.get(run=made.run, name="shadow").config["moves"] == "mirror"
    go(house, made)
    assert copied(edge) == 0
    assert shares(edge, backend) == (5, 10)
    go(house, made)
    assert shares(edge, backend) == (100, 100)
    left = {route.name: route.in_flight for route in route_views(made.run)}
    assert left == {"shadow": left["shadow"], "edge": 0, "backend": 0}

    roll_back(made.run_id, made.lee, Back(reason="we have seen enough"))
    assert made.run.state == State.ROLLED_BACK
    assert shares(edge, backend) == (0, 0)
    assert {route.observed for route in route_views(made.run)} == {0}
