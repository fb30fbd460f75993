"""Cloudflare: the contract on a fake with its envelope and ranges, and what is its own."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.cloudflare.config import CloudflareConfig
from migrations_app.drivers.cloudflare.driver import CloudflareDriver
from tests.drivers.contract import Bench, DriverContract
from tests.fakes.bench import CloudBench, bench, changes
from tests.fakes.cloudflare import (
    ACCOUNT,
    BLUE,
    GREEN,
    LB,
    LB_PATH,
    POOL,
    POOL_PATH,
    THIRD,
    TOKEN,
    ZONE,
    FakeCloudflare,
    failed,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.between import Said

QUARTER = Decimal(25)
POOLS: dict[str, object] = {"zone": ZONE, "load_balancer": LB, "blue": BLUE, "green": GREEN}
ORIGINS: dict[str, object] = {"account": ACCOUNT, "pool": POOL, "blue": "blue", "green": "green"}


def config(url: str, **keys: object) -> CloudflareConfig:
    given = {"url": f"{url}/client/v4", "token": TOKEN, **keys}
    return CloudflareConfig.model_validate(given)


def pools(url: str, **keys: object) -> CloudflareDriver:
    return CloudflareDriver(config(url, **POOLS, **keys))


def origins(url: str, **keys: object) -> CloudflareDriver:
    return CloudflareDriver(config(url, **ORIGINS, **keys))


class TestCloudflarePoolsOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench(FakeCloudflare(), pools, {"TOKEN": TOKEN}) as built:
            yield built


class TestCloudflareOriginsOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        with bench(FakeCloudflare(pools=False), origins, {"TOKEN": TOKEN}) as built:
            yield built


@pytest.fixture
def fake() -> FakeCloudflare:
    return FakeCloudflare()


@pytest.fixture
def lb(fake: FakeCloudflare) -> Iterator[CloudBench]:
    with bench(fake, pools, {}) as built:
        yield built


@pytest.fixture
def pool(fake: FakeCloudflare) -> Iterator[CloudBench]:
    with bench(fake, origins, {}) as built:
        yield built


def test_everything_else_about_the_origins_is_kept(fake: FakeCloudflare, pool: CloudBench) -> None:
    fake.things[POOL_PATH]["origins"][0]["header"] = {"Host": ["orders.example"]}
    third = {"name": "third", "address": "10.0.0.9", "enabled": True, "weight": 0}
    fake.things[POOL_PATH]["origins"].append(third)
    pool.driver.apply(QUARTER, None)
    blue, green, other = fake.things[POOL_PATH]["origins"]
    assert blue["header"] == {"Host": ["orders.example"]}
    assert (blue["port"], blue["weight"], green["weight"]) == (443, 0.75, 0.25)
    assert other == third


def test_the_weights_of_other_pools_are_kept(fake: FakeCloudflare, lb: CloudBench) -> None:
    fake.things[LB_PATH]["random_steering"]["pool_weights"][THIRD] = 0
    fake.things[LB_PATH]["default_pools"].append(THIRD)
    lb.driver.apply(QUARTER, None)
    weights = {BLUE: 0.75, GREEN: 0.25, THIRD: 0}
    steering = {"default_weight": 0.2, "pool_weights": weights}
    assert fake.things[LB_PATH]["random_steering"] == steering


def test_a_third_pool_is_refused_also_by_the_default_weight(
    fake: FakeCloudflare, lb: CloudBench
) -> None:
    fake.things[LB_PATH]["default_pools"].append(THIRD)
    for call in (lb.driver.observe, lambda: lb.driver.apply(Decimal(0), None)):
        with pytest.raises(Permanent, match="neither BLUE nor GREEN"):
            call()
    assert not all(finding.ok for finding in lb.driver.check())


def test_a_policy_without_weights_is_refused(fake: FakeCloudflare, lb: CloudBench) -> None:
    fake.things[LB_PATH]["steering_policy"] = "geo"
    with pytest.raises(Permanent, match='steers by "geo"'):
        lb.driver.apply(Decimal(0), None)


def test_a_side_that_is_not_there_is_named(fake: FakeCloudflare, lb: CloudBench) -> None:
    fake.things[LB_PATH]["default_pools"].remove(GREEN)
    with pytest.raises(Permanent, match=f"{GREEN} is not in load balancer"):
        lb.driver.observe()


def test_a_disabled_origin_has_nothing_and_gets_nothing(
    fake: FakeCloudflare, pool: CloudBench
) -> None:
    fake.things[POOL_PATH]["origins"][1] |= {"enabled": False, "weight": 1}
    assert pool.driver.observe().weight == 0
    with pytest.raises(Permanent, match="green is disabled"):
        pool.driver.apply(QUARTER, None)
    fake.things[POOL_PATH]["origins"][0]["enabled"] = False
    assert pool.driver.observe().weight == Decimal("0.01"), "nobody has anything"


def test_what_was_changed_since_is_a_conflict(fake: FakeCloudflare, lb: CloudBench) -> None:
    token = lb.driver.observe().token
    fake.things[LB_PATH]["random_steering"]["default_weight"] = 1
    with pytest.raises(Conflict):
        lb.driver.apply(QUARTER, token)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (failed(401, 10000, "Authentication error"), Permanent),
        (failed(403, 10000, "not allowed"), Permanent),
        (failed(429, 971, "slow down", retry_after="300"), Transient),
        (failed(400, 1002, "weight must be a number"), Permanent),
        (failed(200, 1002, "refused in a 200"), Permanent),
        (failed(502, 0, "bad gateway"), UnknownOutcome),
        (told({"hello": "world"}), Permanent),
    ],
)
def test_what_a_refusal_means(lb: CloudBench, said: Said, kind: type[SeamError]) -> None:
    answer = lb.plane.answer
    lb.hand.instead = lambda heard: said if changes(heard) else answer(heard)
    with pytest.raises(kind) as caught:
        lb.driver.apply(QUARTER, None)
    assert TOKEN not in str(caught.value)
    assert getattr(caught.value, "retry_after", None) == (300 if said.status == 429 else None)


def test_a_liar_is_found_by_reading_back(fake: FakeCloudflare, lb: CloudBench) -> None:
    kept = json.loads(json.dumps(fake.things[LB_PATH]))
    lb.driver.apply(QUARTER, None)
    fake.things[LB_PATH] = kept
    assert lb.driver.observe().weight == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"enabled": False}, "is disabled"),
        ({"rules": [{"name": "vip", "overrides": {}}]}, "rules, which may send requests past"),
        ({"country_pools": {"DE": [BLUE]}}, "country_pools"),
        ({"session_affinity": "cookie"}, "also after a rollback"),
        ({"proxied": False, "ttl": 30}, "Write ttl: 30"),
    ],
)
def test_the_doctor_names_each_trouble(
    fake: FakeCloudflare, lb: CloudBench, change: dict[str, Any], words: str
) -> None:
    assert all(finding.ok for finding in lb.driver.check())
    fake.things[LB_PATH] |= change
    ill = [finding.sentence for finding in lb.driver.check() if not finding.ok]
    assert any(words in sentence for sentence in ill), ill


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"enabled": False}, "gets no traffic"),
        ({"monitor": None}, "no monitor"),
        ({"origin_steering": {"policy": "hash"}}, 'steers by "hash"'),
    ],
)
def test_the_doctor_looks_at_a_pool(
    fake: FakeCloudflare, pool: CloudBench, change: dict[str, Any], words: str
) -> None:
    assert all(finding.ok for finding in pool.driver.check())
    fake.things[POOL_PATH] |= change
    ill = [finding.sentence for finding in pool.driver.check() if not finding.ok]
    assert any(words in sentence for sentence in ill), ill


def test_the_doctor_asks_the_monitors(fake: FakeCloudflare, lb: CloudBench) -> None:
    driver = lb.at(lb.hand.url, account=ACCOUNT)
    assert all(finding.ok for finding in driver.check())
    fake.ill.add(GREEN)
    [ill] = [finding for finding in driver.check() if not finding.ok]
    assert ill.what == f"pool {GREEN}"
    assert "from 2 of 2 places (Amsterdam, NL, Porto, PT)" in ill.sentence
    fake.watched = False
    assert "no monitor has looked" in driver.check()[-1].sentence


def test_the_doctor_asks_the_monitors_about_origins(fake: FakeCloudflare, pool: CloudBench) -> None:
    fake.ill.add("10.0.0.1")
    [ill] = [finding for finding in pool.driver.check() if not finding.ok]
    assert ill.what == "origin green"


def test_dns_only_clients_follow_within_the_ttl() -> None:
    assert pools("http://127.0.0.1:1", ttl=30).lag == 30
    assert pools("http://127.0.0.1:1").lag == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"load_balancer": None}, "zone and load_balancer"),
        ({"pool": POOL}, "zone and load_balancer"),
        ({"zone": None}, "needs its zone"),
        ({"green": BLUE}, "the same"),
        ({"zone": "../x"}, "pattern"),
        ({"blue": "a b"}, "pattern"),
        ({"token": "two words\n"}, "printable ASCII"),
        ({"ttl": -1}, "greater than or equal"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        CloudflareConfig.model_validate({"token": TOKEN, **POOLS, **change})
    assert TOKEN not in str(caught.value)
