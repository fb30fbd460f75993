"""The GrowthBook driver, against a server of our own held to GrowthBook's OpenAPI document."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.flags.growthbook.config import GrowthBookConfig
from migrations_app.drivers.flags.growthbook.driver import GrowthBookDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.bench import FlagBench
from tests.drivers.flags.pages import page_is_true
from tests.fakes.flag_service import TOKEN, Reply
from tests.fakes.growthbook import DOCUMENT, RULE, GrowthBook, document, rule
from tests.fakes.openapi import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

KEYS = {"token": TOKEN, "feature": "checkout", "environment": "production", "rule": RULE}


def driver(**keys: object) -> GrowthBookDriver:
    return GrowthBookDriver(GrowthBookConfig.model_validate({**KEYS, **keys}))


def bench_of() -> Iterator[FlagBench]:
    plane = GrowthBook(spec=document())
    with plane.running(), closing(FlagBench(plane, driver, {"GROWTHBOOK_SECRET": TOKEN})) as bench:
        yield bench
    assert plane.wrong == []


class TestGrowthBookOnAFake(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[Bench]:
        yield from bench_of()


@pytest.fixture
def bench() -> Iterator[FlagBench]:
    yield from bench_of()


@pytest.fixture
def plane(bench: FlagBench) -> GrowthBook:
    assert isinstance(bench.plane, GrowthBook)
    return bench.plane


def bad(bench: FlagBench) -> str:
    return " ".join(found.sentence for found in bench.driver.check() if not found.ok)


@needed(DOCUMENT)
def test_every_exchange_is_what_the_document_says(bench: FlagBench, plane: GrowthBook) -> None:
    bench.driver.apply(Decimal(25), bench.driver.observe().token)
    bench.type_in(bench.driver.manual_commands(Decimal(0)))
    assert plane.spec is not None
    assert plane.truth() == 0
    assert plane.wrong == []


def test_all_is_well_with_a_fresh_feature(bench: FlagBench) -> None:
    assert bad(bench) == ""


def test_off_is_blue(bench: FlagBench, plane: GrowthBook) -> None:
    plane.move(Decimal(50))
    plane.enabled = False
    assert bench.driver.observe().weight == 0
    with pytest.raises(Permanent, match="off in production"):
        bench.driver.apply(Decimal(60), None)
    bench.driver.apply(Decimal(0), None)
    assert plane.truth() == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [({"enabled": False}, "does not hold"), ({"environments": ["test"]}, "does not hold")],
)
def test_a_rule_that_does_not_hold(
    bench: FlagBench, plane: GrowthBook, change: dict[str, object], word: str
) -> None:
    plane.move(Decimal(50))
    plane.rules[0] |= change
    assert bench.driver.observe().weight == 0
    with pytest.raises(Permanent, match=word):
        bench.driver.apply(Decimal(60), None)


def test_a_rule_for_everybody_makes_the_share_unknown(bench: FlagBench, plane: GrowthBook) -> None:
    plane.rules.append(rule("fr_0002", coverage=1))
    with pytest.raises(Permanent, match="fr_0002"):
        bench.driver.observe()
    with pytest.raises(Permanent, match="Nothing was changed"):
        bench.driver.apply(Decimal(60), None)
    plane.rules[1]["condition"] = '{"tester": true}'
    bench.driver.apply(Decimal(60), None)
    assert "fr_0002" in bad(bench)


def test_green_by_default_is_green_for_all(bench: FlagBench, plane: GrowthBook) -> None:
    plane.default = "true"
    with pytest.raises(Permanent, match="make BLUE's the default"):
        bench.driver.observe()


def test_a_schedule_is_another_hand(bench: FlagBench, plane: GrowthBook) -> None:
    plane.rules[0] |= {"scheduleType": "ramp", "rampScheduleId": "rs_1"}
    with pytest.raises(Permanent, match="take the schedule away"):
        bench.driver.observe()


@pytest.mark.parametrize("moment", ["merge-status", "publish"])
def test_who_publishes_in_between_wins(bench: FlagBench, plane: GrowthBook, moment: str) -> None:
    def rival(hand: Hand) -> None:
        if hand.path.endswith(moment) and plane.truth() != 30:
            plane.move(Decimal(30))
        bench.relay(hand)

    with bench.before(rival) as hurried, pytest.raises(Conflict):
        hurried.apply(Decimal(60), hurried.observe().token)
    assert plane.truth() == 30
    assert plane.discarded == list(plane.drafts), "no draft of ours is left over"


def test_the_way_back_starts_again(bench: FlagBench, plane: GrowthBook) -> None:
    plane.move(Decimal(60))
    rivals = iter([Decimal(30)])

    def rival(hand: Hand) -> None:
        if hand.path.endswith("publish") and (weight := next(rivals, None)):
            plane.move(weight)
        bench.relay(hand)

    with bench.before(rival) as hurried:
        hurried.apply(Decimal(0), None)
    assert plane.truth() == 0


def test_a_liar_is_found_by_reading_back(bench: FlagBench, plane: GrowthBook) -> None:
    def liar(hand: Hand) -> None:
        if hand.path.endswith("publish"):
            hand.say(200)
        else:
            bench.relay(hand)

    with bench.before(liar) as lied_to:
        lied_to.apply(Decimal(60), None)
        assert lied_to.observe().weight == 0


def test_an_unanswered_publishing_is_unknown(bench: FlagBench, plane: GrowthBook) -> None:
    def cut(hand: Hand) -> None:
        if hand.path.endswith("publish"):
            bench.pass_on(hand)
            hand.hang_up()
        else:
            bench.relay(hand)

    with bench.before(cut) as driver, pytest.raises(UnknownOutcome):
        driver.apply(Decimal(60), None)
    assert plane.truth() == 60


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, Permanent), (422, Permanent), (429, Transient)],
)
@pytest.mark.parametrize("at", ["rules", "publish"])
def test_refusals(
    bench: FlagBench, plane: GrowthBook, status: int, error: type[Exception], at: str
) -> None:
    """422 comes with gates, such as an approval that is missing."""
    said = Reply(status, {"message": "approval required"}, {"retry-after": "7"})

    def refusing(hand: Hand) -> None:
        if at in hand.path:
            plane.then = [said]
        bench.relay(hand)

    with bench.before(refusing) as driver, pytest.raises(error, match="approval required") as told:
        driver.apply(Decimal(60), None)
    assert getattr(told.value, "retry_after", 7) in {7, None}
    assert plane.truth() == 0


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"environment": "moon"}, "no environment moon"),
        ({"rule": "fr_9"}, f"it has {RULE}"),
        ({"token": "secret_wrong"}, "not logged in"),
    ],
)
def test_wrong_names_are_told(bench: FlagBench, keys: dict[str, str], word: str) -> None:
    with pytest.raises(Permanent, match=word):
        bench.at(bench.plane.url, **keys).observe()


@pytest.mark.parametrize("wrong", [{"feature": "a/b"}, {"rule": ""}, {"poll": "2h"}])
def test_names_can_not_leave_their_place(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        driver(**wrong)


def test_its_page_is_true() -> None:
    page_is_true(GrowthBookDriver)
