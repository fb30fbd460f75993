"""The Flagsmith driver, against servers of our own held to Flagsmith's OpenAPI document."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.flags.flagsmith.config import FlagsmithConfig
from migrations_app.drivers.flags.flagsmith.driver import FlagsmithDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.bench import FlagBench
from tests.drivers.flags.pages import page_is_true
from tests.fakes.flag_service import TOKEN, FlagService, Reply
from tests.fakes.flagsmith import (
    DOCUMENT,
    GREEN,
    Flagsmith,
    FlagsmithOptions,
    document,
    split,
)
from tests.fakes.openapi import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

SEGMENT = {"project": 7, "segment": 42}
OPTION = {"environment": "prodKey", "state": 9, "option": GREEN}


def driver(**keys: object) -> FlagsmithDriver:
    return FlagsmithDriver(FlagsmithConfig.model_validate({"token": TOKEN, **keys}))


def bench_of(plane: FlagService, keys: dict[str, object]) -> Iterator[FlagBench]:
    variables = {"FLAGSMITH_KEY": TOKEN}
    with plane.running(), closing(FlagBench(plane, driver, variables, keys)) as bench:
        yield bench
    assert plane.wrong == []


def segments() -> Iterator[FlagBench]:
    yield from bench_of(Flagsmith(spec=document()), dict(SEGMENT))


def options() -> Iterator[FlagBench]:
    yield from bench_of(FlagsmithOptions(spec=document()), dict(OPTION))


class TestFlagsmithSegmentOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from segments()


class TestFlagsmithOptionOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from options()


@pytest.fixture(params=["segment", "option"])
def bench(request: pytest.FixtureRequest) -> Iterator[FlagBench]:
    yield from segments() if request.param == "segment" else options()


@pytest.fixture
def by_segment() -> Iterator[FlagBench]:
    yield from segments()


@pytest.fixture
def segment(by_segment: FlagBench) -> Flagsmith:
    assert isinstance(by_segment.plane, Flagsmith)
    return by_segment.plane


@pytest.fixture
def by_option() -> Iterator[FlagBench]:
    yield from options()


@pytest.fixture
def option(by_option: FlagBench) -> FlagsmithOptions:
    assert isinstance(by_option.plane, FlagsmithOptions)
    return by_option.plane


def bad(bench: FlagBench) -> str:
    return " ".join(found.sentence for found in bench.driver.check() if not found.ok)


@needed(DOCUMENT)
def test_every_exchange_is_what_the_document_says(bench: FlagBench) -> None:
    bench.driver.apply(Decimal("12.5"), bench.driver.observe().token)
    bench.type_in(bench.driver.manual_commands(Decimal(0)))
    assert isinstance(bench.plane, FlagService)
    assert bench.plane.spec is not None
    assert bench.plane.wrong == []


def test_all_is_well(bench: FlagBench) -> None:
    assert bad(bench) == ""


def test_the_rest_of_the_segment_is_kept(by_segment: FlagBench, segment: Flagsmith) -> None:
    by_segment.driver.apply(Decimal(25), None)
    assert segment.segment["description"] == "kept"
    [rule] = segment.segment["rules"]
    assert (rule["id"], rule["rules"][0]["id"]) == (1, 2)
    assert segment.conditions == [split("25")]


@pytest.mark.parametrize("splits", [0, 2])
def test_no_split_or_two(by_segment: FlagBench, segment: Flagsmith, splits: int) -> None:
    segment.conditions[:] = [split()] * splits
    with pytest.raises(Permanent, match=f"has {splits} percentage splits"):
        by_segment.driver.observe()


@pytest.mark.parametrize("value", ["many", "175", None, "-1", "1.234"])
def test_a_split_that_is_no_percentage(
    by_segment: FlagBench, segment: Flagsmith, value: str | None
) -> None:
    segment.conditions[0]["value"] = value
    with pytest.raises(Permanent, match="no percentage"):
        by_segment.driver.observe()
    by_segment.driver.apply(Decimal(0), None)
    assert by_segment.driver.observe().weight == 0


def test_other_conditions_are_told(by_segment: FlagBench, segment: Flagsmith) -> None:
    segment.conditions.append({"operator": "EQUAL", "property": "tester", "value": "yes"})
    assert "other conditions" in bad(by_segment)


def test_off_is_blue(by_option: FlagBench, option: FlagsmithOptions) -> None:
    option.move(Decimal(50))
    option.state["enabled"] = False
    assert by_option.driver.observe().weight == 0
    with pytest.raises(Permanent, match="turn it on"):
        by_option.driver.apply(Decimal(60), None)
    by_option.driver.apply(Decimal(0), None)
    assert option.truth() == 0


def test_a_third_option_is_nobodys_share(by_option: FlagBench, option: FlagsmithOptions) -> None:
    option.values[1]["percentage_allocation"] = 10.0
    with pytest.raises(Permanent, match="neither GREEN nor the control"):
        by_option.driver.observe()
    with pytest.raises(Permanent, match="Nothing was changed"):
        by_option.driver.apply(Decimal(60), None)
    assert option.truth() == 0, "GREEN has nothing to lose, and still there is something to do"
    by_option.driver.apply(Decimal(0), None)
    assert by_option.driver.observe().weight == 0


def test_a_segments_override_is_not_everybodys(
    by_option: FlagBench, option: FlagsmithOptions
) -> None:
    option.state["feature_segment"] = 4
    with pytest.raises(Permanent, match="name the environment's"):
        by_option.driver.observe()


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [
        (403, Permanent, "may not do that"),
        (400, Permanent, "It says: change request required"),
        (429, Transient, "slow down"),
        (409, Conflict, "change request required"),
    ],
)
def test_refusals(bench: FlagBench, status: int, error: type[Exception], word: str) -> None:
    assert isinstance(bench.plane, FlagService)
    bench.plane.then = [Reply(status, {"detail": "change request required"})] * 3
    with pytest.raises(error, match=word):
        bench.driver.apply(Decimal(60), None)


def test_a_liar_is_found_by_reading_back(bench: FlagBench) -> None:
    assert isinstance(bench.plane, FlagService)
    bench.plane.then = [Reply(200, {})]
    bench.driver.apply(Decimal(60), None)
    assert bench.driver.observe().weight == 0


def test_wrong_names_are_told(by_segment: FlagBench, by_option: FlagBench) -> None:
    with pytest.raises(Permanent, match="nothing of that name"):
        by_segment.at(by_segment.plane.url, segment=43).observe()
    with pytest.raises(Permanent, match="it has 301, 302"):
        by_option.at(by_option.plane.url, option=303).observe()
    with pytest.raises(Permanent, match="not logged in"):
        by_option.at(by_option.plane.url, token="wrong").observe()


@pytest.mark.parametrize(
    "wrong",
    [{}, {"project": 7}, {**SEGMENT, **OPTION}, {**SEGMENT, "option": 1}, {**OPTION, "state": 0}],
)
def test_a_config_that_makes_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        driver(**wrong)


def test_its_page_is_true() -> None:
    page_is_true(FlagsmithDriver)
