"""A URL map of Google's: the contract on a fake with its rules, and what is its own."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import (
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
)
from migrations_app.drivers.gcp import compute
from migrations_app.drivers.gcp.config import UrlMapConfig
from migrations_app.drivers.gcp.driver import UrlMapDriver
from tests.drivers.contract import Bench, DriverContract
from tests.fakes.bench import CloudBench, bench, changes
from tests.fakes.gcp import MAP, TOKEN, FakeCompute, failed, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.between import Heard, Said

QUARTER = Decimal(25)
RULE: dict[str, object] = {
    "project": "orders-1",
    "url_map": "web",
    "path_matcher": "all",
    "priority": 10,
    "blue": "blue",
    "green": "green",
}


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Operations are looked at without a pause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "_PAUSE_S", 0.0)
        yield


def new(url: str, **keys: object) -> UrlMapDriver:
    given = {**RULE, "url": url, "metadata_url": url, "login_url": url, **keys}
    return UrlMapDriver(UrlMapConfig.model_validate(given))


class TestGcpUrlMapOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench(FakeCompute(), new, {"TOKEN": TOKEN}) as built:
            yield built


@pytest.fixture
def fake() -> FakeCompute:
    return FakeCompute()


@pytest.fixture
def gcp(fake: FakeCompute) -> Iterator[CloudBench]:
    with bench(fake, new, {"TOKEN": TOKEN}) as built:
        yield built


@pytest.mark.parametrize(
    "where",
    [
        {"path_matcher": None, "priority": None},
        {"priority": None},
        {},
    ],
)
def test_the_weights_are_set_where_the_runbook_says(
    fake: FakeCompute, gcp: CloudBench, where: dict[str, object]
) -> None:
    before = json.loads(json.dumps(fake.map))
    driver = gcp.at(gcp.hand.url, **where)
    driver.apply(QUARTER, driver.observe().token)
    assert driver.observe().weight == QUARTER
    assert json.dumps(fake.map).count('"weight": 75') == 1
    gcp.type_in(driver.manual_commands(Decimal(0)))
    assert fake.map | {"fingerprint": "f0"} == before, "nothing else was touched"


def test_header_actions_of_a_side_are_kept(fake: FakeCompute, gcp: CloudBench) -> None:
    action = {"requestHeadersToRemove": ["x-old"]}
    fake.rule["routeAction"]["weightedBackendServices"][1]["headerAction"] = action
    gcp.driver.apply(QUARTER, None)
    assert fake.rule["routeAction"]["weightedBackendServices"][1]["headerAction"] == action


def test_a_mirror_is_a_percentage_of_copies(fake: FakeCompute, gcp: CloudBench) -> None:
    driver = gcp.at(gcp.hand.url, moves="mirror")
    assert driver.observe().weight == 0
    driver.apply(Decimal("12.5"), None)
    policy = fake.rule["routeAction"]["requestMirrorPolicy"]
    assert policy["mirrorPercent"] == 12.5
    assert policy["backendService"] == "projects/orders-1/global/backendServices/green"
    assert (driver.observe().weight, fake.weights) == (Decimal("12.5"), (100, 0))
    assert all(finding.ok for finding in driver.check())
    gcp.type_in(driver.manual_commands(Decimal(3)))
    assert driver.observe().weight == Decimal(3)
    driver.apply(Decimal(0), driver.observe().token)
    assert not fake.rule["routeAction"]["requestMirrorPolicy"]
    del policy["mirrorPercent"]
    fake.rule["routeAction"]["requestMirrorPolicy"] = policy
    assert driver.observe().weight == 100, "without a percentage all is copied"
    policy["backendService"] = "projects/orders-1/global/backendServices/blue"
    with pytest.raises(Permanent, match="mirrored to blue, which is not GREEN"):
        driver.apply(Decimal(1), None)


def test_a_mirror_at_the_top_is_taken_away_again(fake: FakeCompute, gcp: CloudBench) -> None:
    driver = gcp.at(gcp.hand.url, moves="mirror", path_matcher=None, priority=None)
    fake.map["defaultService"] = fake.map.pop("defaultRouteAction") and "blue"
    driver.apply(Decimal(5), None)
    assert driver.observe().weight == 5
    driver.apply(Decimal(0), None)
    assert "requestMirrorPolicy" not in fake.map["defaultRouteAction"]


def quicker(gcp: CloudBench, fake: FakeCompute, times: int) -> None:
    """Another hand touches the map just before our change arrives."""
    left = [True] * times

    def instead(heard: Heard) -> Said:
        if changes(heard) and left:
            left.pop()
            fake.map["description"] = str(len(left))
            fake.touch()
        return fake.answer(heard)

    gcp.hand.instead = instead


def test_a_quicker_hand_is_a_conflict_with_a_token(fake: FakeCompute, gcp: CloudBench) -> None:
    token = gcp.driver.observe().token
    quicker(gcp, fake, 1)
    with pytest.raises(Conflict):
        gcp.driver.apply(QUARTER, token)
    assert fake.weights == (100, 0)


@pytest.mark.parametrize(("times", "weights"), [(2, (0, 100)), (3, (100, 0))])
def test_without_one_it_is_tried_three_times(
    fake: FakeCompute, gcp: CloudBench, times: int, weights: tuple[int, int]
) -> None:
    quicker(gcp, fake, times)
    try:
        gcp.driver.apply(Decimal(100), None)
    except Conflict:
        assert times == 3
    assert fake.weights == weights


def test_the_same_change_of_the_same_state_is_done_once(fake: FakeCompute, gcp: CloudBench) -> None:
    gcp.driver.apply(QUARTER, None)
    [first] = [heard.path for heard in gcp.hand.heard if changes(heard)]
    fake.map["pathMatchers"][1]["routeRules"][0]["routeAction"] = weighted(100, 0)
    fake.map["fingerprint"] = "f0"
    gcp.driver.apply(QUARTER, None)
    assert [heard.path for heard in gcp.hand.heard if changes(heard)] == [first] * 2


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("CONDITION_NOT_MET", 412, Conflict),
        ("QUOTA_EXCEEDED", 403, Permanent),
        ("INTERNAL_ERROR", 503, Transient),
    ],
)
def test_an_operation_may_end_badly(
    fake: FakeCompute, gcp: CloudBench, code: str, status: int, kind: type[SeamError]
) -> None:
    fake.error, fake.status = {"code": code, "message": "for a reason"}, status
    with pytest.raises(kind, match="for a reason"):
        gcp.driver.apply(QUARTER, gcp.driver.observe().token)


def test_an_operation_without_end_is_unknown(fake: FakeCompute, gcp: CloudBench) -> None:
    fake.slow = 1_000_000
    with pytest.raises(UnknownOutcome, match="still at it"):
        gcp.at(gcp.hand.url, timeout=0.5).apply(QUARTER, None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (failed(401, "authError", "Invalid Credentials"), Permanent),
        (failed(403, "forbidden", "compute.urlMaps.update"), Permanent),
        (failed(429, "rateLimitExceeded", "too many"), Transient),
        (failed(503, "backendError", "try again"), UnknownOutcome),
    ],
)
def test_what_a_refusal_means(
    fake: FakeCompute, gcp: CloudBench, said: Said, kind: type[SeamError]
) -> None:
    gcp.hand.instead = lambda heard: said if changes(heard) else fake.answer(heard)
    with pytest.raises(kind) as caught:
        gcp.driver.apply(QUARTER, None)
    assert TOKEN not in str(caught.value)


def test_a_liar_is_found_by_reading_back(fake: FakeCompute, gcp: CloudBench) -> None:
    gcp.driver.apply(QUARTER, None)
    fake.map["pathMatchers"][1]["routeRules"][0]["routeAction"] = weighted(100, 0)
    assert gcp.driver.observe().weight == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path_matcher": "none"}, "has no path matcher none"),
        ({"priority": 11}, "no route rule of priority 11"),
        ({"priority": 20}, "to one service there"),
        ({"green": "grun"}, "grun is not among the weightedBackendServices"),
    ],
)
def test_what_is_not_there_is_named(gcp: CloudBench, change: dict[str, Any], words: str) -> None:
    driver = gcp.at(gcp.hand.url, **change)
    for call in (driver.observe, lambda: driver.apply(Decimal(0), None)):
        with pytest.raises(Permanent, match=words):
            call()
    assert words in " ".join(finding.sentence for finding in driver.check())


def test_a_third_service_with_a_weight_is_refused(fake: FakeCompute, gcp: CloudBench) -> None:
    third = {"backendService": "x/backendServices/third", "weight": 1}
    fake.rule["routeAction"]["weightedBackendServices"].append(third)
    with pytest.raises(Permanent, match="neither BLUE nor GREEN"):
        gcp.driver.apply(Decimal(0), None)


def test_the_doctor_looks_at_both_services(fake: FakeCompute, gcp: CloudBench) -> None:
    assert all(finding.ok for finding in gcp.driver.check())
    fake.services["green"] = {"backends": [], "sessionAffinity": "CLIENT_IP"}
    ill = " ".join(finding.sentence for finding in gcp.driver.check() if not finding.ok)
    assert "requests sent there get 502" in ill
    assert "(CLIENT_IP)" in ill


def test_the_doctor_asks_for_health(fake: FakeCompute, gcp: CloudBench) -> None:
    fake.health["green"] = ["UNHEALTHY", "UNHEALTHY"]
    [ill] = [finding.sentence for finding in gcp.driver.check() if not finding.ok]
    assert "0 of its 2 endpoints are healthy" in ill
    fake.health["green"] = []
    told = gcp.driver.check()
    assert all(finding.ok for finding in told)
    assert "serverless backends have none" in told[-1].sentence


def test_a_regional_map_is_asked_for_in_its_region() -> None:
    config = UrlMapConfig.model_validate(RULE | {"region": "europe-west3"})
    assert config.path == MAP.replace("global", "regions/europe-west3")
    assert config.service("green").endswith("regions/europe-west3/backendServices/green")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path_matcher": None}, "give both"),
        ({"green": "blue"}, "the same backend service"),
        ({"url_map": "../x"}, "pattern"),
        ({"project": "Orders"}, "pattern"),
        ({"credentials": "{}"}, "service account's key"),
        ({"credentials": "OPEN-SESAME"}, "service account's key"),
        ({"moves": "all"}, "Input should be"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        UrlMapConfig.model_validate(RULE | change)
    assert "OPEN-SESAME" not in str(caught.value)
