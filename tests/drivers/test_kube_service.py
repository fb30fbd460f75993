"""What only a Service has: pods that have to be ready, and endpoints that follow late."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent, Transient
from tests.drivers.kube_bench import told
from tests.drivers.kube_others import K8S_SERVICE, SERVICE, SLICE, pod
from tests.fakes.kube_api import KubeApi
from tests.fakes.kube_controllers import Endpoints
from tests.fakes.kube_store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver

    Obj = dict[str, Any]

ALL, NOTHING = Decimal(100), Decimal(0)


@contextmanager
def serving(*pods: tuple[str, str, bool], **keys: object) -> Iterator[tuple[KubeApi, Driver]]:
    """Pods by name, version and readiness."""
    endpoints = Endpoints()
    with KubeApi(Store([endpoints])) as api:
        api.store.create(SLICE, "v1", K8S_SERVICE.others[SLICE])
        for name, version, ready in pods:
            api.store.create(*_placed(*pod(name, version, ready=ready)))
        api.store.create(SERVICE, "v1", K8S_SERVICE.body)
        yield api, K8S_SERVICE.build(**told(url=api.url, **keys))


def _placed(key: Any, body: Obj) -> tuple[Any, str, Obj]:
    return key, "v1", body


def asleep(api: KubeApi) -> Endpoints:
    [endpoints] = api.store.controllers
    assert isinstance(endpoints, Endpoints)
    endpoints.asleep = True
    return endpoints


def wrong(driver: Driver) -> str:
    return " ".join(one.sentence for one in driver.check() if not one.ok)


BLUE = ("blue-1", "v1", True)


def test_green_without_a_ready_pod_gets_nothing() -> None:
    with serving(BLUE, ("green-1", "v2", False)) as (api, driver):
        with pytest.raises(Permanent, match=r"GREEN \(version=v2\) has 0 ready pods"):
            driver.apply(ALL, None)
        assert api.writes == []
        assert "pods with version=v2: 0 ready, 1 needed" in wrong(driver)


def test_green_needs_as_many_pods_as_were_asked_for() -> None:
    with (
        serving(BLUE, ("green-1", "v2", True), min_ready=2) as (_, driver),
        pytest.raises(Permanent, match=r"has 1 ready pods .* and needs 2"),
    ):
        driver.apply(ALL, None)


def test_a_pod_that_is_about_to_end_does_not_count() -> None:
    with serving(BLUE) as (api, driver):
        key, body = pod("green-1", "v2")
        body["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        api.store.create(key, "v1", body)
        with pytest.raises(Permanent, match="has 0 ready pods"):
            driver.apply(ALL, None)


def test_endpoints_that_have_not_followed_yet_confirm_nothing() -> None:
    with serving(BLUE, ("green-1", "v2", True)) as (api, driver):
        endpoints = asleep(api)
        driver.apply(ALL, None)
        with pytest.raises(Transient, match="still sends requests to blue-1"):
            driver.observe()
        endpoints.asleep = False
        endpoints(api.store, SERVICE)
        assert driver.observe().weight == ALL
        assert driver.observe().detail.endswith("1 ready")


def test_a_way_back_to_nobody_is_written_and_not_confirmed() -> None:
    """BLUE is gone: the selector points there all the same, and somebody is told."""
    with serving(("blue-1", "v1", False), ("green-1", "v2", True)) as (api, driver):
        driver.apply(ALL, None)
        driver.apply(NOTHING, None)
        assert api.store.get(SERVICE)["spec"]["selector"]["version"] == "v1"
        with pytest.raises(Transient, match="no ready endpoint, so clients are refused"):
            driver.observe()


def test_a_selector_that_is_neither_side_stops_what_goes_forward_and_not_the_way_back() -> None:
    def third(obj: Obj) -> Obj:
        obj["spec"]["selector"]["version"] = "v3"
        return obj

    with serving(BLUE, ("green-1", "v2", True)) as (api, driver):
        api.store.change(SERVICE, third)
        for call in (driver.observe, lambda: driver.apply(ALL, None)):
            with pytest.raises(Permanent, match="version=v3, which is neither BLUE"):
                call()
        driver.apply(NOTHING, None)
        assert driver.observe().weight == NOTHING


def test_a_key_with_a_slash_is_written_where_it_belongs() -> None:
    with serving(BLUE, key="example.com/side") as (_, driver):
        [patch, shown] = driver.manual_commands(NOTHING)
        assert '"path":"/spec/selector/example.com~1side"' in patch
        assert shown.endswith("'{.spec.selector.example\\.com/side}'")


def test_the_doctor_finds_what_makes_clients_follow_late() -> None:
    def headless(obj: Obj) -> Obj:
        obj["spec"] |= {"clusterIP": "None", "publishNotReadyAddresses": True}
        return obj

    with serving(BLUE, ("green-1", "v2", True)) as (api, driver):
        api.store.change(SERVICE, headless)
        said = wrong(driver)
    assert "is headless" in said
    assert "pods that are not ready" in said
