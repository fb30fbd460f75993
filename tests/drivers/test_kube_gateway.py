"""What only HTTPRoutes have: a status that has to follow, unresolved backends, fractions; and what
Linkerd makes of them."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent, Transient
from tests.drivers.kube_bench import told
from tests.drivers.kube_meshes import GATEWAY_API, GATEWAY_MIRROR, HTTP_ROUTE, LINKERD, LINKERD_SMI
from tests.fakes.kube_api import KubeApi
from tests.fakes.kube_controllers import Gateway
from tests.fakes.kube_store import Key, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver
    from tests.drivers.kube_kind import Kind

    Obj = dict[str, Any]

ALL, NOTHING = Decimal(100), Decimal(0)


@contextmanager
def behind(
    gateway: Gateway, kind: Kind = GATEWAY_API, **keys: object
) -> Iterator[tuple[KubeApi, Driver]]:
    """A route that this gateway serves."""
    with KubeApi(Store([gateway])) as api:
        api.store.create(kind.key, kind.version, kind.body)
        yield api, kind.build(**told(url=api.url, **keys))


def rules(api: KubeApi) -> list[Obj]:
    found: list[Obj] = api.store.get(HTTP_ROUTE)["spec"]["rules"]
    return found


def wrong(driver: Driver) -> str:
    return " ".join(one.sentence for one in driver.check() if not one.ok)


def test_what_no_gateway_has_taken_yet_is_not_read_back() -> None:
    gateway = Gateway()
    with behind(gateway) as (api, driver):
        gateway.asleep = True
        driver.apply(Decimal(25), None)
        assert [one["weight"] for one in rules(api)[0]["backendRefs"]] == [75, 25]
        with pytest.raises(Transient, match="Gateway front still serves generation 1, 2 is"):
            driver.observe()
        gateway.asleep = False
        gateway(api.store, HTTP_ROUTE)
        assert driver.observe().weight == 25


def test_a_route_that_nobody_serves_is_not_read_back() -> None:
    with behind(Gateway(asleep=True)) as (_, driver):
        with pytest.raises(Transient, match="no gateway or mesh has taken it yet"):
            driver.observe()
        assert "no gateway or mesh has taken it yet" in wrong(driver)


def test_a_route_that_a_gateway_refuses() -> None:
    with (
        behind(Gateway(refuses=True)) as (_, driver),
        pytest.raises(Permanent, match="Gateway front refuses it: NotAllowedByListeners"),
    ):
        driver.observe()


def test_the_status_of_a_parent_that_is_no_longer_wanted_is_not_asked() -> None:
    with behind(Gateway()) as (api, driver):
        old = {"parentRef": {"name": "old"}, "controllerName": "x/y", "conditions": []}
        api.store.settle(HTTP_ROUTE, lambda obj: obj["status"]["parents"].append(old) or obj)
        assert driver.observe().weight == NOTHING


def test_a_backend_that_can_not_be_resolved_gets_nothing_more_and_can_be_left() -> None:
    gateway = Gateway()
    with behind(gateway) as (api, driver):
        driver.apply(Decimal(25), None)
        gateway.missing.add("shop-green")
        gateway(api.store, HTTP_ROUTE)
        for call in (driver.observe, lambda: driver.apply(ALL, None)):
            with pytest.raises(Permanent, match=r"BackendNotFound \(shop-green\)"):
                call()
        assert "BackendNotFound" in wrong(driver)
        driver.apply(NOTHING, None)
        seen = driver.observe()
        assert seen.weight == NOTHING
        assert "a backend can't be resolved" in seen.detail


def test_a_backend_without_a_weight_weighs_one() -> None:
    with behind(Gateway()) as (api, driver):
        api.store.change(HTTP_ROUTE, _without_weights)
        assert driver.observe().weight == 50


def _without_weights(obj: Obj) -> Obj:
    for one in obj["spec"]["rules"][0]["backendRefs"]:
        del one["weight"]
    return obj


def test_a_route_whose_backends_all_weigh_nothing_calls_for_a_write() -> None:
    with behind(Gateway()) as (api, driver):
        api.store.change(HTTP_ROUTE, _all_zero)
        assert driver.observe().weight not in {NOTHING, ALL}
        driver.apply(NOTHING, None)
        assert driver.observe().weight == NOTHING


def _all_zero(obj: Obj) -> Obj:
    for one in obj["spec"]["rules"][0]["backendRefs"]:
        one["weight"] = 0
    return obj


def test_a_rule_is_found_by_its_name() -> None:
    with behind(Gateway(), rule="checkout") as (api, driver):
        with pytest.raises(Permanent, match=r"not one rule called checkout; it has: \(unnamed\)"):
            driver.observe()
        api.store.change(HTTP_ROUTE, _second_rule)
        driver.apply(Decimal("12.5"), None)
        shares = [[one["weight"] for one in rule["backendRefs"]] for rule in rules(api)]
        assert shares == [[100, 0], [875, 125]]


def _second_rule(obj: Obj) -> Obj:
    [rule] = obj["spec"]["rules"]
    obj["spec"]["rules"] = [rule, rule | {"name": "checkout"}]
    return obj


@pytest.mark.parametrize(
    ("told_by", "copied"),
    [
        ({}, "100"),
        ({"percent": 7}, "7"),
        ({"fraction": {"numerator": 1, "denominator": 3}}, "33.33"),
        ({"fraction": {"numerator": 5}}, "5"),
    ],
)
def test_what_is_copied_is_read_however_it_is_told(told_by: Obj, copied: str) -> None:
    def change(obj: Obj) -> Obj:
        mirror = obj["spec"]["rules"][0]["filters"][0]["requestMirror"]
        del mirror["percent"]
        mirror |= told_by
        return obj

    with behind(Gateway(), GATEWAY_MIRROR) as (api, driver):
        api.store.change(HTTP_ROUTE, change)
        assert driver.observe().weight == Decimal(copied)
        driver.apply(Decimal(10), None)
        assert driver.observe().weight == 10
        mirror = rules(api)[0]["filters"][0]["requestMirror"]
        assert set(mirror) == {"backendRef", "percent"}


def test_a_route_without_the_filter_says_what_to_add() -> None:
    with behind(Gateway(), GATEWAY_MIRROR) as (api, driver):
        api.store.change(HTTP_ROUTE, lambda obj: obj["spec"]["rules"][0].pop("filters") and obj)
        with pytest.raises(Permanent, match="no RequestMirror filter to shop-green"):
            driver.apply(ALL, None)


def profile(api: KubeApi) -> None:
    key = Key("linkerd.io", "serviceprofiles", "prod", "shop.prod.svc.cluster.local")
    api.store.create(key, "v1alpha2", {"spec": {"routes": []}})


def test_linkerd_goes_by_a_service_profile_as_long_as_there_is_one() -> None:
    with behind(Gateway(telling=False), LINKERD) as (api, driver):
        driver.apply(Decimal(50), None)
        profile(api)
        with pytest.raises(Permanent, match="while it does, Linkerd ignores HTTPRoute prod/shop"):
            driver.apply(ALL, None)
        assert "Linkerd ignores" in wrong(driver)
        driver.apply(NOTHING, None)
        assert driver.observe().weight == NOTHING


def test_linkerd_needs_a_service_for_a_parent() -> None:
    with behind(Gateway(telling=False), LINKERD, service="other") as (_, driver):
        with pytest.raises(Permanent, match="is not attached to Service other"):
            driver.apply(ALL, None)
        assert "is not attached to Service other" in wrong(driver)


def test_a_traffic_split_is_of_one_service_and_does_not_mind_profiles() -> None:
    with LINKERD_SMI.api() as api:
        profile(api)
        LINKERD_SMI.build(**told(url=api.url)).apply(ALL, None)
        other = LINKERD_SMI.build(**told(url=api.url, service="other"))
        assert "splits another Service than other" in wrong(other)
