"""What only Istio has: rules and hosts, a weight that is absent, two ways to mirror."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent
from tests.drivers.kube_bench import told
from tests.drivers.kube_meshes import BLUE_V1, GREEN_V2, ISTIO, ISTIO_MIRROR, VIRTUAL_SERVICE
from tests.fakes.kube_store import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver
    from tests.drivers.kube_kind import Kind
    from tests.fakes.kube_api import KubeApi

    Obj = dict[str, Any]

ALL, NOTHING = Decimal(100), Decimal(0)


@contextmanager
def rules(*http: Obj, kind: Kind = ISTIO, **spec: object) -> Iterator[tuple[KubeApi, Driver]]:
    """A VirtualService with these rules."""
    with kind.api() as api:
        body = {"hosts": ["shop"], "http": list(http), **spec}
        api.store.settle(VIRTUAL_SERVICE, lambda obj: obj | {"spec": body})
        yield api, kind.build(**told(url=api.url))


def rule(*weights: int | None, name: str = "primary", **keys: object) -> Obj:
    sides = [BLUE_V1, GREEN_V2, {"host": "old-shop"}]
    routes: list[Obj] = [
        {"destination": side} if weight is None else {"destination": side, "weight": weight}
        for side, weight in zip(sides, weights, strict=False)
    ]
    return {"name": name, "route": routes, **keys}


def written(api: KubeApi) -> Obj:
    http: list[Obj] = api.store.get(VIRTUAL_SERVICE)["spec"]["http"]
    return next(one for one in http if one["name"] == "primary")


def weights(api: KubeApi) -> list[int]:
    return [one["weight"] for one in written(api)["route"]]


def wrong(driver: Driver) -> str:
    return " ".join(one.sentence for one in driver.check() if not one.ok)


def test_a_weight_that_is_absent_is_zero_and_is_written_all_the_same() -> None:
    with rules(rule(100, None)) as (api, driver):
        assert driver.observe().weight == NOTHING
        driver.apply(Decimal(25), None)
        assert weights(api) == [75, 25]


def test_a_sum_that_is_not_100_becomes_100() -> None:
    with rules(rule(30, 10)) as (api, driver):
        assert driver.observe().weight == 25
        driver.apply(Decimal(50), None)
        assert weights(api) == [50, 50]


def test_the_rule_is_found_by_its_name_wherever_it_stands() -> None:
    with rules(rule(1, 99, name="other", match=[{"port": 1}]), rule(100, 0)) as (api, driver):
        driver.apply(Decimal(5), None)
        assert weights(api) == [95, 5]
        assert "/spec/http/1/route/1/weight" in str(driver.manual_commands(NOTHING))


def test_a_rule_that_is_not_there_is_named_with_those_that_are() -> None:
    with (
        rules(rule(100, 0, name="other")) as (_, driver),
        pytest.raises(Permanent, match="not one HTTP rule called primary; it has other"),
    ):
        driver.observe()


def test_rules_that_were_reordered_meanwhile_refuse_a_line_typed_late() -> None:
    """The line names what it takes for granted, so it can't hit another rule."""
    with rules(rule(100, 0)) as (_, driver):
        line = driver.manual_commands(ALL)[0]
    assert '{"op":"test","path":"/spec/http/0/name","value":"primary"}' in line
    assert '"path":"/spec/http/0/route/1/destination","value":{"host":"shop","subset":"v2"}' in line


def test_a_third_destination_stops_what_goes_forward_and_not_the_way_back() -> None:
    with rules(rule(60, 20, 20)) as (api, driver):
        for call in (driver.observe, lambda: driver.apply(ALL, None)):
            with pytest.raises(Permanent, match=r"neither BLUE nor GREEN: old-shop \(20\)"):
                call()
        said = driver.check()
        assert any("neither BLUE nor GREEN" in one.sentence for one in said if not one.ok)
        assert any("A dry run of a rollback was taken" in one.sentence for one in said)
        driver.apply(NOTHING, None)
        assert weights(api) == [80, 0, 20]


def test_a_third_destination_without_a_share_is_none_of_our_business() -> None:
    with rules(rule(100, 0, 0)) as (api, driver):
        driver.apply(ALL, None)
        assert weights(api) == [0, 100, 0]


@pytest.mark.parametrize("destinations", [1, 0])
def test_a_side_that_is_missing_is_named(destinations: int) -> None:
    with (
        rules(rule(*[100] * destinations)) as (_, driver),
        pytest.raises(Permanent, match=r"has the destination shop/v. not; it has"),
    ):
        driver.apply(NOTHING, None)


def test_the_doctor_reads_the_rules() -> None:
    every = rule(100, name="all")
    with rules(every, rule(100, 0), tcp=[{"route": [{"destination": BLUE_V1}]}]) as (_, driver):
        said = wrong(driver)
    assert "An earlier rule" in said
    assert "TLS or TCP rules too" in said


def test_the_doctor_reads_destination_rules() -> None:
    key = Key("networking.istio.io", "destinationrules", "prod", "shop")
    hashed = {"loadBalancer": {"consistentHash": {"httpCookie": {"name": "user"}}}}
    spec = {"host": "shop", "subsets": [{"name": "v1"}], "trafficPolicy": hashed}
    with rules(rule(100, 0)) as (api, driver):
        api.store.create(key, "v1", {"spec": spec})
        said = wrong(driver)
    assert "No DestinationRule here has the subset of shop/v2" in said
    assert "DestinationRule shop keeps clients of shop on their endpoint" in said


def mirrored(**keys: object) -> Obj:
    return {"name": "primary", "route": [{"destination": BLUE_V1}], **keys}


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        ({}, "0"),
        ({"mirrors": [{"destination": GREEN_V2}]}, "100"),
        ({"mirrors": [{"destination": GREEN_V2, "percentage": {"value": 12.5}}]}, "12.5"),
        ({"mirrors": [{"destination": GREEN_V2, "percentage": {}}]}, "0"),
        ({"mirrors": [{"destination": BLUE_V1}]}, "0"),
        ({"mirror": GREEN_V2}, "100"),
        ({"mirror": GREEN_V2, "mirrorPercent": 7}, "7"),
        ({"mirror": GREEN_V2, "mirrorPercentage": {"value": 3}}, "3"),
    ],
)
def test_what_is_copied_is_read_and_written_in_either_spelling(keys: Obj, copied: str) -> None:
    with rules(mirrored(**keys), kind=ISTIO_MIRROR) as (api, driver):
        assert driver.observe().weight == Decimal(copied)
        for weight in (Decimal("33.33"), NOTHING):
            driver.apply(weight, None)
            assert driver.observe().weight == weight
        others = [one for one in written(api).get("mirrors", []) if one["destination"] == BLUE_V1]
        assert others == [one for one in keys.get("mirrors", []) if one["destination"] == BLUE_V1]


def test_a_rule_that_copies_elsewhere_already_is_left_alone() -> None:
    with (
        rules(mirrored(mirror={"host": "audit"}), kind=ISTIO_MIRROR) as (_, driver),
        pytest.raises(Permanent, match="already copies to audit by `mirror`"),
    ):
        driver.apply(ALL, None)
