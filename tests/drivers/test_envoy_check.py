"""What the doctor says about Envoys that are well, and about those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.drivers.made import all_closed, kept
from tests.drivers.test_envoy import through
from tests.drivers.test_envoy_file import settle, watching
from tests.drivers.until import until
from tests.real_envoy import ROUTE_FILE, envoy, two_routes, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver
    from tests.real_envoy import RealEnvoy

__all__ = ["all_closed"]
pytestmark = pytest.mark.real("envoy")

DEEP = " " * 10  # where the keys of weighted_clusters stand


@pytest.fixture(scope="module")
def well() -> Iterator[RealEnvoy]:
    with envoy() as running:
        yield running


@pytest.fixture(scope="module")
def ill() -> Iterator[RealEnvoy]:
    route = weighted(blue=50, green=50)
    route["route"]["weighted_clusters"]["header_name"] = "x-cohort"
    layers: tuple[dict[str, Any], ...] = ({"admin_layer": {}}, {"static_layer": {"app": 1}})
    with envoy(routes={"weights": [route]}, layers=layers) as running:
        yield running


def complaints(driver: Driver) -> str:
    return " ".join(found.sentence for found in driver.check() if not found.ok)


def praise(driver: Driver) -> str:
    return " ".join(found.sentence for found in driver.check() if found.ok)


def test_one_that_is_well(well: RealEnvoy) -> None:
    driver = kept(through(well.admin))
    assert complaints(driver) == ""
    for said in (
        "Envoy 1.",
        "LIVE",
        "may be set",
        "1 healthy hosts of 1",
        "back to 0 %",
        "blue 100",
    ):
        assert said in praise(driver)


def test_what_a_restart_would_do_and_what_hides_what_is_set(ill: RealEnvoy) -> None:
    told = complaints(kept(through(ill.admin)))
    assert "would give GREEN 50 % at once" in told
    assert "layer1 stands above the admin layer" in told
    assert "by a hash or a header" in praise(kept(through(ill.admin)))


def test_what_green_does_not_get_has_to_reach_blue() -> None:
    routes = two_routes()
    with envoy(routes={"share": routes}) as running:
        assert "does not get in share/all goes to blue" in praise(
            kept(through(running.admin, "share"))
        )
        other = kept(through(running.admin, "share", blue="old"))
        assert "No route in share/all takes what GREEN does not get to old" in complaints(other)


def test_a_cluster_that_is_not_there(well: RealEnvoy) -> None:
    assert "Cluster grey is not there" in complaints(kept(through(well.admin, green="grey")))


def test_a_file_that_is_well(well: RealEnvoy) -> None:
    driver = kept(watching(well))
    assert complaints(driver) == ""
    assert "break-glass line fits" in praise(driver)


def test_a_file_that_envoy_refused(well: RealEnvoy) -> None:
    """Both weights 0 are refused; a rollback over it is written and taken."""
    driver = kept(watching(well))
    well.write(ROUTE_FILE.replace("weight: 100", "weight: 0"))
    until(lambda: well.get("/stats?filter=rds.app.update_rejected").endswith(" 1\n"), "refused")
    told = driver.observe()
    assert told.weight not in {0, 100}
    assert "every weight is 0" in told.detail
    assert "blue 100/100" in told.detail
    driver.apply(type(told.weight)(0), None)
    assert driver.observe().weight == 0
    assert "refused 1 route files" in praise(driver)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 100", 'weight: "100"', "break-glass line does not fit"),
        ("  clusters:", f"  runtime_key_prefix: app\n{DEEP}clusters:", "runtime key of Envoy"),
        ("{name: green, weight: 0}", "{name: grey, weight: 0}", "with both blue and green"),
        ("resources:", "things:", "no `resources`"),
        ("{name: green, weight: 0}", "{name: green, weight: 0}\n          - {name: old, weight: 1}",
         "old takes traffic too"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_do(well: RealEnvoy, old: str, new: str, said: str) -> None:
    well.write(ROUTE_FILE.replace(old, new))
    try:
        assert said in complaints(kept(watching(well)))
    finally:
        well.write(ROUTE_FILE)
        settle(well)
