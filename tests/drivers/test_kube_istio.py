"""Istio, on a fake API server that holds every object against Istio's own schema."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.drivers.kube.istio import IstioConfig, IstioDriver
from tests.drivers.contract import DriverContract
from tests.drivers.kube_bench import KubeBench
from tests.fakes.kube_api import KubeApi
from tests.fakes.kube_store import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    Obj = dict[str, Any]

SHOP = Key("networking.istio.io", "virtualservices", "prod", "shop")
BLUE = {"host": "shop", "subset": "v1"}
GREEN = {"host": "shop", "subset": "v2"}


def service(blue: int = 100, green: int = 0) -> Obj:
    routes = [{"destination": BLUE, "weight": blue}, {"destination": GREEN, "weight": green}]
    http = [{"name": "primary", "route": routes}]
    return {"kind": "VirtualService", "spec": {"hosts": ["shop"], "http": http}}


def build(**keys: object) -> IstioDriver:
    keys = {"virtual_service": "shop", "blue": "shop/v1", "green": "shop/v2", **keys}
    return IstioDriver(IstioConfig.model_validate(keys))


def share(obj: Obj) -> Decimal:
    weights = [one.get("weight", 0) for one in obj["spec"]["http"][0]["route"]]
    assert sum(weights) == 100
    return Decimal(weights[1])


def moved(obj: Obj, weight: Decimal) -> Obj:
    blue, green = obj["spec"]["http"][0]["route"]
    blue["weight"], green["weight"] = 100 - int(weight), int(weight)
    return obj


class TestIstioOnAFakeApiServer(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubeBench[IstioDriver]]:
        with KubeApi() as api:
            api.store.create(SHOP, "v1", service())
            folder = tmp_path_factory.mktemp("bin")
            yield KubeBench(api, SHOP, build, share, moved, folder)
            assert not api.store.dropped
