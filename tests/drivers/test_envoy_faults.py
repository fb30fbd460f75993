"""What can be wrong with an Envoy and its routes, and with the road there."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.drivers.made import all_closed, kept
from tests.drivers.relay import lying, refusing, relay
from tests.drivers.test_envoy import NOWHERE, through
from tests.real_envoy import FRACTION, PREFIX, envoy, fractional, two_routes, weighted
from tests.wire.desk import Hand, desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real_envoy import RealEnvoy

__all__ = ["all_closed"]
pytestmark = pytest.mark.real("envoy")

NOTHING, QUARTER, HALF, ALL = Decimal(0), Decimal(25), Decimal(50), Decimal(100)
ELSEWHERE = [{"match": {"prefix": "/", "runtime_fraction": fractional(FRACTION)},
              "route": {"cluster": "blue"}}, *two_routes()[1:]]  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Iterator[RealEnvoy]:
    """Routes of every kind that a driver should, and should not, move."""
    routes = {"weights": [weighted(old=0)], "share": two_routes()}
    with envoy(routes=routes) as running:
        yield running


@pytest.fixture(scope="module")
def bad() -> Iterator[RealEnvoy]:
    routes = {"weights": [weighted(blue=50, green=50, old=1)], "share": ELSEWHERE}
    with envoy(routes=routes, layers=({"static_layer": {}},)) as running:
        yield running


@pytest.fixture(scope="module")
def pair(shared: RealEnvoy) -> Iterator[list[RealEnvoy]]:
    with envoy(routes={"weights": [weighted()]}) as second:
        yield [shared, second]


@pytest.fixture(autouse=True)
def _as_new(shared: RealEnvoy, pair: list[RealEnvoy]) -> None:
    for one in pair:
        one.post(f"/runtime_modify?{PREFIX}.blue=&{PREFIX}.green=&{PREFIX}.old=&{FRACTION}=")


def test_what_was_never_set_is_what_the_routes_say(shared: RealEnvoy) -> None:
    for way in ("weights", "share"):
        seen = kept(through(shared.admin, way)).observe()
        assert (seen.weight, seen.token) == (NOTHING, None)


def test_all_nodes_are_set_and_have_to_agree(pair: list[RealEnvoy]) -> None:
    both = kept(through(pair[0].admin, others=[pair[1].admin]))
    both.apply(QUARTER, None)
    assert both.observe().weight == QUARTER
    kept(through(pair[1].admin)).apply(HALF, None)
    seen = both.observe()
    assert seen.weight not in {NOTHING, QUARTER, HALF}
    assert seen.detail.startswith("nodes disagree")


def test_the_way_back_reaches_every_node_that_answers(pair: list[RealEnvoy]) -> None:
    three = kept(through(pair[0].admin, others=[NOWHERE, pair[1].admin]))
    with pytest.raises(UnknownOutcome, match=r"127\.0\.0\.1:1 .*The others answered"):
        three.apply(NOTHING, None)
    assert all(node.runtime()[f"{PREFIX}.green"] == "0" for node in pair)
    with pytest.raises(Transient):
        three.observe()


def test_weights_of_one_another_count_together(shared: RealEnvoy) -> None:
    """A person set GREEN alone: BLUE's default counts on."""
    shared.post(f"/runtime_modify?{PREFIX}.green=300")
    seen = kept(through(shared.admin)).observe()
    assert (seen.weight, seen.detail) == (Decimal(75), "blue 100/400, green 300/400")


def test_nothing_at_all_is_no_weight_that_anybody_asked_for(shared: RealEnvoy) -> None:
    shared.post(f"/runtime_modify?{PREFIX}.green=0&{PREFIX}.blue=0")
    seen = kept(through(shared.admin)).observe()
    assert seen.weight == Decimal("0.01")
    assert "404" in seen.detail


def test_a_third_that_takes_traffic_is_named(shared: RealEnvoy) -> None:
    driver = kept(through(shared.admin))
    shared.post(f"/runtime_modify?{PREFIX}.old=5")
    for verb in (driver.observe, lambda: driver.apply(HALF, None)):
        with pytest.raises(Permanent, match="old takes traffic too"):
            verb()
    driver.apply(NOTHING, None)  # the way back asks nobody
    assert shared.runtime()[f"{PREFIX}.blue"] == "100"


@pytest.mark.parametrize("value", ["12.5", "lots", "-1"])
def test_a_weight_that_is_none_is_said_to_be_none(shared: RealEnvoy, value: str) -> None:
    shared.post(f"/runtime_modify?{PREFIX}.green={value}")
    with pytest.raises(Permanent, match="no whole number"):
        kept(through(shared.admin)).observe()


@pytest.mark.parametrize(
    "value", ["0.5", "numerator", "%7B%22numerator%22:1,%22denominator%22:%22TEN%22%7D"]
)
def test_a_fraction_that_is_none_is_said_to_be_none(shared: RealEnvoy, value: str) -> None:
    shared.post(f"/runtime_modify?{FRACTION}={value}")
    with pytest.raises(Permanent, match="no fraction"):
        kept(through(shared.admin, "share")).observe()


@pytest.mark.parametrize(("value", "weight"), [("101", ALL), ("7", Decimal(7))])
def test_a_bare_number_is_a_percentage(shared: RealEnvoy, value: str, weight: Decimal) -> None:
    shared.post(f"/runtime_modify?{FRACTION}={value}")
    assert kept(through(shared.admin, "share")).observe().weight == weight


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"runtime_key_prefix": "nobody"}, "runtime_key_prefix nobody"),
        ({"green": "grey"}, "no cluster grey among blue, green, old"),
    ],
)
def test_a_route_that_is_not_there_is_told(shared: RealEnvoy, keys: Any, said: str) -> None:
    with pytest.raises(Permanent, match=said):
        kept(through(shared.admin, **keys)).observe()


def test_a_fraction_that_leads_elsewhere_is_told(bad: RealEnvoy) -> None:
    driver = kept(through(bad.admin, "share"))
    with pytest.raises(Permanent, match="is of requests to blue, not to green"):
        driver.apply(HALF, None)


def test_an_envoy_whose_runtime_is_fixed_is_a_persons_to_mend(bad: RealEnvoy) -> None:
    with pytest.raises(Permanent, match="no admin layer"):
        kept(through(bad.admin)).apply(NOTHING, None)


def test_the_other_side_of_nothing_is_still_under_way(shared: RealEnvoy) -> None:
    driver = kept(through(shared.admin))
    driver.apply(HALF, None)
    assert driver.observe().in_flight is None
    for weight in (NOTHING, ALL):
        driver.apply(weight, None)
        assert driver.observe().in_flight == 0


def test_a_preview_shows_what_is_there_and_what_will_be(shared: RealEnvoy) -> None:
    [line] = kept(through(shared.admin)).preview(Decimal("12.5"))
    change = f"/runtime_modify?{PREFIX}.blue=875&{PREFIX}.green=125"
    assert line == f"POST {shared.admin}{change} (now blue 100/100, green 0/100)"


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Permanent), (403, Permanent), (429, Transient), (502, UnknownOutcome)],
)
def test_whatever_stands_before_it_is_heard(
    shared: RealEnvoy, status: int, error: type[Exception]
) -> None:
    with relay(shared.admin, refusing(status, "POST", retry_after="7")) as before:
        driver = kept(through(before.url))
        with pytest.raises(error) as heard:
            driver.apply(NOTHING, None)
    assert not isinstance(heard.value, Transient) or heard.value.retry_after == 7


def test_one_that_says_yes_and_does_nothing_confirms_nothing(shared: RealEnvoy) -> None:
    with relay(shared.admin, lying) as before:
        driver = kept(through(before.url))
        driver.apply(HALF, None)
        assert driver.observe().weight == NOTHING


def test_something_else_at_that_address_is_told() -> None:
    html = partial(Hand.say, status=200, body=b"<html>")
    with desk(html) as there, pytest.raises(Permanent, match="admin interface"):
        kept(through(there.url)).observe()
