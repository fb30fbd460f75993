"""Front Door and Traffic Manager: the contract on a fake with Azure's rules, and their own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.azure import arm
from migrations_app.drivers.azure.config import SCALE, FrontDoorConfig, TrafficManagerConfig
from migrations_app.drivers.azure.driver import FrontDoorDriver, TrafficManagerDriver
from migrations_app.drivers.azure.sides import Pair, Side
from tests.drivers.contract import Bench, DriverContract
from tests.fakes.azure import CLIENT, SECRET, SUBSCRIPTION, TENANT, TOKEN, FakeAzure, failed, told
from tests.fakes.bench import CloudBench, bench, changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.between import Said

QUARTER = Decimal(25)
PLACE: dict[str, object] = {
    "tenant": TENANT,
    "client_id": CLIENT,
    "client_secret": SECRET,
    "subscription": SUBSCRIPTION,
    "resource_group": "orders-rg",
    "profile": "shop",
    "blue": "blue",
    "green": "green",
}
DOOR = PLACE | {"origin_group": "web"}
MANAGER = PLACE | {"endpoints": "ExternalEndpoints", "ttl": 60}


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Operations are looked at without a pause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arm, "_PAUSE_S", 0.0)
        yield


def front_door(url: str, **keys: object) -> FrontDoorDriver:
    given = {**DOOR, "url": url, "login_url": url, **keys}
    return FrontDoorDriver(FrontDoorConfig.model_validate(given))


def manager(url: str, **keys: object) -> TrafficManagerDriver:
    given = {**MANAGER, "url": url, "login_url": url, **keys}
    return TrafficManagerDriver(TrafficManagerConfig.model_validate(given))


class TestAzureFrontDoorOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench(FakeAzure(), front_door, {"TOKEN": TOKEN}) as built:
            yield built


class TestAzureTrafficManagerOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench(FakeAzure(door=False), manager, {"TOKEN": TOKEN}) as built:
            yield built


@pytest.fixture
def fake() -> FakeAzure:
    return FakeAzure()


@pytest.fixture
def door(fake: FakeAzure) -> Iterator[CloudBench]:
    with bench(fake, front_door, {}) as built:
        yield built


@pytest.fixture
def names(fake: FakeAzure) -> Iterator[CloudBench]:
    with bench(fake, manager, {}) as built:
        yield built


SIDES = st.builds(Side, st.just("x"), st.integers(1, 1000), on=st.booleans())


@given(blue=SIDES, green=SIDES, weight=st.decimals(0, 100, places=1))
def test_at_no_moment_do_both_have_nothing(blue: Side, green: Side, weight: Decimal) -> None:
    pulls = {"blue": blue.pull, "green": green.pull}
    named = Pair(*(Side(name, pulls[name] or 1, on=pulls[name] > 0) for name in pulls))
    for write in named.writes(SCALE.parts(weight)):
        pulls[write.name] = write.weight
        assert sum(pulls.values()) > 0
    assert tuple(pulls.values()) == SCALE.parts(weight)


def test_the_side_that_gains_is_written_first(fake: FakeAzure, door: CloudBench) -> None:
    door.driver.apply(Decimal(100), None)
    door.driver.apply(Decimal(0), None)
    assert fake.order == ["green", "blue", "blue", "green"]


def test_the_second_waits_until_the_first_is_done(fake: FakeAzure, door: CloudBench) -> None:
    fake.slow = 3
    door.driver.apply(QUARTER, None)
    assert fake.weights == (75, 25)
    looks = [heard.path for heard in door.hand.heard if "/operations/" in heard.path]
    assert len(looks) == 6


def test_an_operation_may_be_a_place_to_look_at(fake: FakeAzure, door: CloudBench) -> None:
    fake.slow, fake.placed = 2, True
    door.driver.apply(QUARTER, None)
    assert (fake.order, fake.weights) == (["green", "blue"], (75, 25))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://management.azure.com", "https://management.azure.com:443/x?a=1"),
        ("https://management.azure.com:443", "https://Management.azure.com/x?a=1"),
    ],
)
def test_the_same_host_may_be_written_with_its_port(url: str, link: str) -> None:
    config = FrontDoorConfig.model_validate(DOOR | {"url": url})
    assert arm.Arm(config, "1")._here(link) == "/x?a=1"
    with pytest.raises(Permanent, match="another host"):
        arm.Arm(config, "1")._here("https://management.azure.com.example/x")


def test_what_takes_too_long_is_unknown_and_goes_on_when_called_again(
    fake: FakeAzure, door: CloudBench
) -> None:
    fake.slow = 1_000_000
    with pytest.raises(UnknownOutcome, match="still at it"):
        door.at(door.hand.url, timeout=0.7).apply(Decimal(100), None)
    assert fake.order == ["green"]
    with pytest.raises(Transient, match="busy with another change"):
        door.driver.apply(Decimal(100), None)
    fake.slow = fake.running = 0
    door.driver.apply(Decimal(100), None)
    assert (fake.order, fake.weights) == (["green", "blue"], (0, 100))


def test_an_operation_may_fail(fake: FakeAzure, door: CloudBench) -> None:
    fake.ends = "Failed"
    with pytest.raises(Permanent, match="for a reason"):
        door.driver.apply(QUARTER, None)


def test_nothing_is_confirmed_while_azure_is_at_it(fake: FakeAzure, door: CloudBench) -> None:
    fake.origins["green"]["provisioningState"] = "Updating"
    with pytest.raises(Transient, match="still carrying out a change of green"):
        door.driver.observe()


def test_an_operation_elsewhere_is_not_followed(fake: FakeAzure, door: CloudBench) -> None:
    away = told({}, 202, **{"azure-asyncoperation": "http://127.0.0.2:1/operations/1?x=1"})
    door.hand.instead = lambda heard: away if changes(heard) else fake.answer(heard)
    with pytest.raises(UnknownOutcome):
        door.driver.apply(QUARTER, None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (failed(401, "AuthenticationFailed", "token"), Permanent),
        (failed(403, "AuthorizationFailed", "no rights"), Permanent),
        (failed(429, "TooManyRequests", "slow", retry_after="17"), Transient),
        (failed(409, "Conflict", "another operation"), Transient),
        (failed(500, "InternalServerError", "oops"), UnknownOutcome),
        (told({}, 202), UnknownOutcome),
    ],
)
def test_what_a_refusal_means(
    fake: FakeAzure, door: CloudBench, said: Said, kind: type[SeamError]
) -> None:
    door.hand.instead = lambda heard: said if changes(heard) else fake.answer(heard)
    with pytest.raises(kind) as caught:
        door.driver.apply(QUARTER, None)
    assert TOKEN not in str(caught.value)
    assert getattr(caught.value, "retry_after", None) == (17 if said.status == 429 else None)


def test_we_log_in_once_and_say_when_we_may_not(fake: FakeAzure, door: CloudBench) -> None:
    door.driver.apply(QUARTER, door.driver.observe().token)
    assert fake.logins == 1
    stranger = door.at(door.hand.url, client_secret="WRONG-one")
    with pytest.raises(Permanent, match="AADSTS7000215"):
        stranger.observe()
    assert SECRET not in repr(door.driver) + repr(vars(door.driver)) + str(door.driver.check())


def test_a_liar_is_found_by_reading_back(fake: FakeAzure, names: CloudBench) -> None:
    names.hand.instead = lambda heard: told({}) if changes(heard) else fake.answer(heard)
    names.driver.apply(QUARTER, None)
    assert names.driver.observe().weight == 0


def test_what_was_changed_since_is_a_conflict(fake: FakeAzure, door: CloudBench) -> None:
    token = door.driver.observe().token
    fake.origins["blue"]["weight"] = 99
    with pytest.raises(Conflict):
        door.driver.apply(QUARTER, token)


def test_a_third_origin_is_refused_unless_it_only_stands_by(
    fake: FakeAzure, door: CloudBench
) -> None:
    fake.origins["third"] = fake.origins["blue"] | {"priority": 2}
    assert door.driver.observe().weight == 0
    fake.origins["third"]["priority"] = 1
    with pytest.raises(Permanent, match="third takes traffic too"):
        door.driver.apply(Decimal(0), None)
    fake.origins["third"]["enabledState"] = "Disabled"
    fake.origins["green"]["priority"] = 2
    with pytest.raises(Permanent, match="different priorities"):
        door.driver.observe()
    del fake.origins["green"]
    assert "green is not there" in door.driver.check()[0].sentence


def test_both_switched_off_is_nobodys_share(fake: FakeAzure, door: CloudBench) -> None:
    fake.origins["blue"]["enabledState"] = "Disabled"
    assert door.driver.observe().weight == Decimal("0.01")
    door.driver.apply(Decimal(0), None)
    assert fake.weights == (100, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loadBalancingSettings": {"additionalLatencyInMilliseconds": 0}}, "whatever the weights"),
        ({"sessionAffinityState": "Enabled"}, "by a cookie"),
        ({"healthProbeSettings": None}, "no health probe"),
    ],
)
def test_the_doctor_looks_at_the_origin_group(
    fake: FakeAzure, door: CloudBench, change: dict[str, Any], words: str
) -> None:
    assert all(finding.ok for finding in door.driver.check())
    fake.group |= change
    [ill] = [finding.sentence for finding in door.driver.check() if not finding.ok]
    assert words in ill


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"profileStatus": "Disabled"}, "not answered at all"),
        ({"dnsConfig": {"ttl": 30}}, "reckoned wrongly"),
        ({"dnsConfig": {"ttl": 300}}, "Lower its TTL"),
        ({"trafficRoutingMethod": "Priority"}, 'routes by "Priority"'),
    ],
)
def test_the_doctor_looks_at_the_profile(
    fake: FakeAzure, names: CloudBench, change: dict[str, Any], words: str
) -> None:
    assert all(finding.ok for finding in names.driver.check())
    fake.profile |= change
    ill = [finding.sentence for finding in names.driver.check() if not finding.ok]
    assert any(words in sentence for sentence in ill)


def test_an_endpoint_that_is_down_is_named(fake: FakeAzure, names: CloudBench) -> None:
    fake.endpoints["blue"]["endpointMonitorStatus"] = "Degraded"
    assert "sees blue as Degraded" in str(names.driver.check())


def test_names_are_followed_within_their_ttl() -> None:
    assert manager("http://127.0.0.1:1", ttl=30).lag == 30
    assert front_door("http://127.0.0.1:1").lag == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"green": "BLUE"}, "the same"),
        ({"tenant": "contoso"}, "pattern"),
        ({"resource_group": ".."}, "pattern"),
        ({"profile": "a/b"}, "pattern"),
        ({"origin_group": "web'; reboot"}, "pattern"),
        ({"api_version": "latest"}, "pattern"),
        ({"client_secret": "HUSH\n"}, "printable ASCII"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        FrontDoorConfig.model_validate(DOOR | change)
    assert "HUSH" not in str(caught.value)
