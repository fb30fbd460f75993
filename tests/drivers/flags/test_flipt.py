"""The Flipt driver against servers of our own; v2's exchange is held against Flipt's document."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.flags.flipt.config import FliptConfig
from migrations_app.drivers.flags.flipt.driver import FliptDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.bench import FlagBench
from tests.drivers.flags.pages import page_is_true
from tests.fakes.flag_service import TOKEN, Reply
from tests.fakes.flipt import DOCUMENT, Flipt, FliptV1, document
from tests.fakes.openapi import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

V1 = {"api": "v1", "rollout": "r0"}
SEGMENT = {"type": "SEGMENT_ROLLOUT_TYPE", "segment": {"segments": ["testers"], "value": True}}


def driver(**keys: object) -> FliptDriver:
    return FliptDriver(FliptConfig.model_validate({"token": TOKEN, "flag": "checkout", **keys}))


def bench_of(plane: Flipt, **keys: object) -> Iterator[FlagBench]:
    variables = {"FLIPT_TOKEN": TOKEN}
    with plane.running(), closing(FlagBench(plane, driver, variables, keys)) as bench:
        yield bench
    assert plane.wrong == []


class TestFliptOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from bench_of(Flipt(spec=document()))


class TestFliptV1OnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from bench_of(FliptV1(), **V1)


@pytest.fixture(params=["v2", "v1"])
def bench(request: pytest.FixtureRequest) -> Iterator[FlagBench]:
    if request.param == "v2":
        yield from bench_of(Flipt(spec=document()))
    else:
        yield from bench_of(FliptV1(), **V1)


@pytest.fixture
def plane(bench: FlagBench) -> Flipt:
    assert isinstance(bench.plane, Flipt)
    return bench.plane


@needed(DOCUMENT)
def test_every_exchange_is_what_the_document_says() -> None:
    [bench] = list(exchange())
    assert isinstance(bench.plane, Flipt)
    assert bench.plane.spec is not None
    assert bench.plane.changes == 2


def exchange() -> Iterator[FlagBench]:
    for bench in bench_of(Flipt(spec=document())):
        bench.driver.apply(Decimal(25), bench.driver.observe().token)
        bench.driver.check()
        bench.type_in(bench.driver.manual_commands(Decimal(0)))
        yield bench


def bad(bench: FlagBench) -> str:
    return " ".join(found.sentence for found in bench.driver.check() if not found.ok)


def test_all_is_well_with_a_fresh_flag(bench: FlagBench) -> None:
    assert bad(bench) == ""


def test_the_rest_of_the_flag_is_kept(bench: FlagBench, plane: Flipt) -> None:
    plane.flag["rollouts"].append(SEGMENT)
    bench.driver.apply(Decimal(25), None)
    assert plane.flag["description"] == "kept"
    assert plane.flag["rollouts"][1] == SEGMENT
    assert "segment rollouts" in bad(bench)
    assert bench.driver.observe().weight == 25


def test_green_by_default_is_green_for_all(bench: FlagBench, plane: Flipt) -> None:
    plane.flag["enabled"] = True
    with pytest.raises(Permanent, match="everybody is on GREEN"):
        bench.driver.observe()
    with pytest.raises(Permanent, match="Nothing was changed"):
        bench.driver.apply(Decimal(10), None)
    bench.driver.apply(Decimal(0), None)
    assert bench.driver.observe().weight == 0
    assert plane.flag["enabled"] is False


def test_a_threshold_that_gives_blue(bench: FlagBench, plane: Flipt) -> None:
    plane.flag["rollouts"][0]["threshold"] = {"percentage": 30}
    with pytest.raises(Permanent, match="gives false, which is BLUE"):
        bench.driver.observe()
    bench.driver.apply(Decimal(0), None)
    assert bench.driver.observe().weight == 0


def test_two_thresholds_are_one_too_many(bench: FlagBench, plane: Flipt) -> None:
    plane.flag["rollouts"] *= 2
    with pytest.raises(Permanent, match=r"2 threshold rollouts|1 more threshold"):
        bench.driver.observe()


@pytest.mark.parametrize(
    ("change", "word"),
    [({"type": "VARIANT_FLAG_TYPE"}, "no boolean flag"), ({"rollouts": []}, "threshold rollout")],
)
def test_no_flag_of_ours(
    bench: FlagBench, plane: Flipt, change: dict[str, object], word: str
) -> None:
    plane.flag |= change
    with pytest.raises(Permanent, match=word):
        bench.driver.observe()


@pytest.fixture
def v2() -> Iterator[FlagBench]:
    yield from bench_of(Flipt(spec=document()))


def test_a_change_elsewhere_is_no_conflict(v2: FlagBench) -> None:
    """The revision is the whole environment's: read again, our flag decides."""
    plane = v2.plane
    assert isinstance(plane, Flipt)
    others = iter([1, 1])

    def elsewhere(hand: Hand) -> None:
        plane.commit += next(others, 0) if hand.command == "PUT" else 0
        v2.relay(hand)

    with v2.before(elsewhere) as hurried:
        hurried.apply(Decimal(25), hurried.observe().token)
    assert plane.truth() == 25


def test_a_change_of_this_flag_is(v2: FlagBench) -> None:
    def rival(hand: Hand) -> None:
        if hand.command == "PUT":
            v2.move(Decimal(30))
        v2.relay(hand)

    with v2.before(rival) as hurried, pytest.raises(Conflict, match="30"):
        hurried.apply(Decimal(60), hurried.observe().token)
    assert v2.truth() == 30


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [(403, Permanent, "read-only"), (429, Transient, "slow down"), (501, Transient, "read-only")],
)
def test_refusals(
    bench: FlagBench, plane: Flipt, status: int, error: type[Exception], word: str
) -> None:
    plane.then = [Reply(status, {"code": 7, "message": "store is read-only"})]
    with pytest.raises(error, match=word):
        bench.driver.apply(Decimal(60), None)


def test_a_liar_is_found_by_reading_back(bench: FlagBench, plane: Flipt) -> None:
    plane.then = [Reply(200, {})]
    bench.driver.apply(Decimal(60), None)
    assert bench.driver.observe().weight == 0


def test_a_wrong_token_is_told(bench: FlagBench) -> None:
    with pytest.raises(Permanent, match="not logged in"):
        bench.at(bench.plane.url, token="wrong").observe()


@pytest.mark.parametrize(
    "wrong", [{"flag": "a/b"}, {"rollout": "r0"}, {"api": "v1"}, {"api": "v3"}, {"green": "yes"}]
)
def test_a_config_that_makes_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        driver(**{"url": "http://flipt.example", **wrong})


def test_its_page_is_true() -> None:
    page_is_true(FliptDriver)
