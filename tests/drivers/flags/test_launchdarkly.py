"""The LaunchDarkly driver, against a server that behaves as LaunchDarkly's API is documented."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.flags.launchdarkly.config import LaunchDarklyConfig
from migrations_app.drivers.flags.launchdarkly.driver import LaunchDarklyDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.bench import FlagBench
from tests.drivers.flags.pages import page_is_true
from tests.fakes.flag_service import TOKEN, Reply
from tests.fakes.launchdarkly import BLUE, GREEN, LaunchDarkly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

KEYS = {
    "token": TOKEN,
    "project": "shop",
    "flag": "checkout",
    "environment": "production",
    "blue": BLUE,
    "green": GREEN,
}


def driver(**keys: object) -> LaunchDarklyDriver:
    return LaunchDarklyDriver(LaunchDarklyConfig.model_validate({**KEYS, **keys}))


def bench_of() -> Iterator[FlagBench]:
    plane = LaunchDarkly()
    with plane.running(), closing(FlagBench(plane, driver, {"LAUNCHDARKLY_TOKEN": TOKEN})) as bench:
        yield bench


class TestLaunchDarklyOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from bench_of()


@pytest.fixture
def bench() -> Iterator[FlagBench]:
    yield from bench_of()


@pytest.fixture
def plane(bench: FlagBench) -> LaunchDarkly:
    assert isinstance(bench.plane, LaunchDarkly)
    return bench.plane


def bad(bench: FlagBench) -> str:
    return " ".join(found.sentence for found in bench.driver.check() if not found.ok)


def test_all_is_well_with_a_fresh_flag(bench: FlagBench) -> None:
    assert bad(bench) == ""
    assert bench.driver.observe().weight == 0


@pytest.mark.parametrize(("serves", "weight"), [(0, 0), (1, 100)])
def test_off_is_what_everybody_gets_then(
    bench: FlagBench, plane: LaunchDarkly, serves: int, weight: int
) -> None:
    plane.say([50_000, 50_000])
    plane.there.update(on=False, offVariation=serves)
    assert bench.driver.observe().weight == weight
    with pytest.raises(Permanent, match="turn it on"):
        bench.driver.apply(Decimal(60), None)
    bench.driver.apply(Decimal(0), None)
    assert plane.truth() == 0


@pytest.mark.parametrize("other", [2, None])
def test_off_and_neither(bench: FlagBench, plane: LaunchDarkly, other: int | None) -> None:
    plane.there.update(on=False, offVariation=other)
    with pytest.raises(Permanent, match="make BLUE the off variation"):
        bench.driver.observe()


def test_a_third_variation_is_nobodys_share(bench: FlagBench, plane: LaunchDarkly) -> None:
    plane.say([50_000, 40_000, 10_000])
    with pytest.raises(Permanent, match="variation 2, which is neither"):
        bench.driver.observe()
    with pytest.raises(Permanent, match="Nothing was changed"):
        bench.driver.apply(Decimal(60), None)
    assert plane.truth() == 40
    plane.say([90_000, 0, 10_000])
    bench.driver.apply(Decimal(0), None)
    assert bench.driver.observe().weight == 0


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("targets", "individual targets"),
        ("contextTargets", "individual targets"),
        ("rules", "targeting rules"),
        ("prerequisites", "prerequisites"),
    ],
)
def test_what_comes_before_the_share_is_told(
    bench: FlagBench, plane: LaunchDarkly, key: str, word: str
) -> None:
    plane.there[key] = [{"variation": 1}]
    assert word in bad(bench)
    bench.driver.apply(Decimal(10), None)
    assert bench.driver.observe().weight == 10


def test_how_users_are_sorted_is_kept(bench: FlagBench, plane: LaunchDarkly) -> None:
    plane.say([100_000, 0])
    plane.there["fallthrough"]["rollout"] |= {"contextKind": "account", "bucketBy": "country"}
    bench.driver.apply(Decimal(25), None)
    rollout: dict[str, Any] = plane.there["fallthrough"]["rollout"]
    assert (rollout["contextKind"], rollout["bucketBy"]) == ("account", "country")


def test_another_environment_is_left_alone(bench: FlagBench, plane: LaunchDarkly) -> None:
    bench.driver.apply(Decimal(25), None)
    assert plane.flag["environments"]["test"]["fallthrough"] == {"variation": 0}


def test_who_comes_between_reading_and_writing_wins(bench: FlagBench, plane: LaunchDarkly) -> None:
    """Whatever status a failed `test` has, the version read again decides."""

    def rival(hand: Hand) -> None:
        if hand.command == "PATCH":
            plane.move(Decimal(30))
        bench.relay(hand)

    with bench.before(rival) as hurried:
        token = hurried.observe().token
        with pytest.raises(Conflict):
            hurried.apply(Decimal(60), token)
    assert plane.truth() == 30


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [
        (405, Permanent, "approval is required"),
        (400, Permanent, "approval is required"),
        (403, Permanent, "check its rights"),
        (409, Conflict, "approval is required"),
        (429, Transient, "slow down"),
    ],
)
def test_refusals(
    bench: FlagBench, plane: LaunchDarkly, status: int, error: type[Exception], word: str
) -> None:
    said = {"message": "approval is required"}
    plane.then = [Reply(status, said, {"retry-after": "7"})] * 3
    with pytest.raises(error, match=word) as told:
        bench.driver.apply(Decimal(60), None)
    assert getattr(told.value, "retry_after", 7) == 7
    assert plane.changes == 0


def test_a_liar_is_found_by_reading_back(bench: FlagBench, plane: LaunchDarkly) -> None:
    plane.then = [Reply(200, {})]
    bench.driver.apply(Decimal(60), None)
    assert bench.driver.observe().weight == 0


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"environment": "moon"}, "no environment moon"),
        ({"green": "nope"}, r"it has b1ue-0001 \(old\)"),
        ({"flag": "nope"}, "nothing of that name"),
        ({"token": "api-wrong"}, "not logged in"),
    ],
)
def test_wrong_names_are_told(bench: FlagBench, keys: dict[str, str], word: str) -> None:
    with pytest.raises(Permanent, match=word):
        bench.at(bench.plane.url, **keys).observe()


@pytest.mark.parametrize("wrong", [{"green": BLUE}, {"flag": "a/b"}, {"context": "a b"}])
def test_names_can_not_leave_their_place(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        driver(**wrong)


def test_its_page_is_true() -> None:
    page_is_true(LaunchDarklyDriver)
