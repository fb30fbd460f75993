"""The Unleash driver, against a real Unleash."""

from __future__ import annotations

import os
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.flags.unleash.driver import UnleashDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.pages import page_is_true
from tests.drivers.flags.unleash_flag import Flag, bench_of, driver
from tests.real_unleash import NEEDED, TOKEN, unleash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drivers.flags.bench import FlagBench
    from tests.real_unleash import RealUnleash
    from tests.wire.desk import Hand

pytestmark = NEEDED


@pytest.fixture(scope="module")
def server(django_db_modify_db_settings: None) -> Iterator[RealUnleash]:
    with unleash(os.environ["DATABASE_URL"]) as running:
        yield running


@pytest.fixture
def bench(server: RealUnleash) -> Iterator[FlagBench]:
    with closing(bench_of(server)) as bench:
        yield bench


@pytest.fixture
def flag(bench: FlagBench) -> Flag:
    assert isinstance(bench.plane, Flag)
    return bench.plane


class TestUnleash(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, server: RealUnleash) -> Iterator[Bench]:
        with closing(bench_of(server)) as bench:
            yield bench


def test_all_is_well_with_a_fresh_flag(bench: FlagBench) -> None:
    assert [finding for finding in bench.driver.check() if not finding.ok] == []


def test_a_flag_that_is_off_has_everybody_on_blue(bench: FlagBench, flag: Flag) -> None:
    flag.move(Decimal(50))
    flag.server.post(f"{flag.path}/off")
    assert bench.driver.observe().weight == 0
    with pytest.raises(Permanent, match="off in development"):
        bench.driver.apply(Decimal(60), None)
    bench.driver.apply(Decimal(0), None)
    assert flag.rollout() == "0", "turned on again it is still at the baseline"
    assert not all(finding.ok for finding in bench.driver.check())


def test_a_disabled_strategy_has_everybody_on_blue(bench: FlagBench, flag: Flag) -> None:
    flag.server.strategy(flag.name, "flexibleRollout", rollout="0", stickiness="default")
    flag.move(Decimal(50))
    flag.server.change(flag.name, flag.strategy, disabled=True)
    assert bench.driver.observe().weight == 0
    with pytest.raises(Permanent, match="enable it"):
        bench.driver.apply(Decimal(60), None)


def test_another_strategy_makes_the_share_unknown(bench: FlagBench, flag: Flag) -> None:
    flag.move(Decimal(50))
    other = flag.server.strategy(flag.name, "default")
    with pytest.raises(Permanent, match=other):
        bench.driver.observe()
    with pytest.raises(Permanent, match="Nothing was changed"):
        bench.driver.apply(Decimal(60), None)
    assert any(other in found.sentence for found in bench.driver.check() if not found.ok)
    bench.driver.apply(Decimal(0), None)
    assert flag.rollout() == "0", "the way back is never refused"


def test_testers_by_name_are_told_and_allowed(bench: FlagBench, flag: Flag) -> None:
    other = flag.server.strategy(flag.name, "default")
    testers = {"contextName": "userId", "operator": "IN", "values": ["ana", "raj"]}
    flag.server.change(flag.name, other, constraints=[testers])
    bench.driver.apply(Decimal(10), None)
    assert bench.driver.observe().weight == 10
    [found] = [found for found in bench.driver.check() if not found.ok]
    assert other in found.sentence


@pytest.mark.parametrize("rollout", ["175", "12.5", "-1"])
def test_what_unleash_stores_and_no_sdk_understands(
    bench: FlagBench, flag: Flag, rollout: str
) -> None:
    flag.say(rollout=rollout)
    with pytest.raises(Permanent, match="no whole number"):
        bench.driver.observe()
    bench.driver.apply(Decimal(0), None)
    assert bench.driver.observe().weight == 0


def test_random_stickiness_is_told(bench: FlagBench, flag: Flag) -> None:
    flag.say(stickiness="random")
    assert any("random" in found.sentence for found in bench.driver.check() if not found.ok)


def test_who_comes_between_reading_and_writing_wins(bench: FlagBench, flag: Flag) -> None:
    """Unleash answers a patch whose test fails with 500: nothing has happened."""

    def rival(hand: Hand) -> None:
        if hand.command == "PATCH":
            flag.move(Decimal(30))
        bench.relay(hand)

    with bench.before(rival) as hurried:
        with pytest.raises(Conflict, match="rollout 30 % now"):
            hurried.apply(Decimal(60), hurried.observe().token)
        assert flag.rollout() == "30"
        with pytest.raises(Permanent):
            hurried.apply(Decimal("0.5"), None)


def test_the_way_back_starts_again_after_a_rival(bench: FlagBench, flag: Flag) -> None:
    flag.move(Decimal(60))
    rivals = iter([Decimal(30), Decimal(70)])

    def rival(hand: Hand) -> None:
        if hand.command == "PATCH" and (weight := next(rivals, None)):
            flag.move(weight)
        bench.relay(hand)

    with bench.before(rival) as hurried:
        hurried.apply(Decimal(0), None)
    assert flag.rollout() == "0"


def test_a_liar_is_found_by_reading_back(bench: FlagBench) -> None:
    def liar(hand: Hand) -> None:
        if hand.command == "GET":
            bench.relay(hand)
        else:
            hand.say(200)

    with bench.before(liar) as lied_to:
        lied_to.apply(Decimal(60), None)
        assert lied_to.observe().weight == 0


def test_unleash_is_told_apart_from_anything_else(bench: FlagBench) -> None:
    other = pytest.raises(Permanent, match="not Unleash as we know it")
    with bench.before(lambda hand: hand.say(200, b"[]")) as lost, other:
        lost.observe()


def test_the_way_back_needs_no_reading(bench: FlagBench, flag: Flag) -> None:
    """An answer that we don't understand must not keep anybody on GREEN."""
    flag.move(Decimal(60))

    def strange(hand: Hand) -> None:
        if hand.command == "GET":
            hand.say(200, b'{"from": "the future"}')
        else:
            bench.relay(hand)

    with bench.before(strange) as driver:
        with pytest.raises(Permanent):
            driver.apply(Decimal(30), None)
        driver.apply(Decimal(0), None)
    assert flag.rollout() == "0"


def test_users_really_move_and_stay(bench: FlagBench, flag: Flag) -> None:
    """By Unleash's own evaluation: who is on GREEN at 10 % is so at 40 %, and nobody at 0 %."""
    greens = []
    for weight in (10, 40, 0):
        bench.driver.apply(Decimal(weight), bench.driver.observe().token)
        greens.append(flag.greens(200))
    assert 0 < len(greens[0]) < len(greens[1]) < 140
    assert greens[0] < greens[1]
    assert greens[2] == set()


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [(401, Permanent, "logged in"), (403, Permanent, "may not"), (429, Transient, "slow down")],
)
def test_refusals(bench: FlagBench, status: int, error: type[Exception], word: str) -> None:
    """403 is also how change requests answer, which only the paid edition has."""

    def refusing(hand: Hand) -> None:
        if hand.command == "GET":
            bench.relay(hand)
        else:
            hand.say(status, b'{"message": "no"}', retry_after="7")

    with bench.before(refusing) as driver, pytest.raises(error, match=word) as told:
        driver.apply(Decimal(60), None)
    assert getattr(told.value, "retry_after", 7) == 7


def test_a_wrong_token_is_told(bench: FlagBench) -> None:
    stranger = bench.at(bench.plane.url, token="*:*.wrong")
    with pytest.raises(Permanent, match="not logged in"):
        stranger.observe()
    assert not all(finding.ok for finding in stranger.check())


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"environment": "moon"}, "it has development, production"),
        ({"strategy": "01H"}, "it has 0"),
        ({"feature": "nope"}, "nothing of that name"),
    ],
)
def test_wrong_names_are_told(bench: FlagBench, keys: dict[str, str], word: str) -> None:
    with pytest.raises(Permanent, match=word):
        bench.at(bench.plane.url, **keys).observe()


def test_what_it_would_send_is_what_is_sent(bench: FlagBench) -> None:
    [line, now] = bench.driver.preview(Decimal(25))
    assert line.startswith("PATCH /api/admin/projects/default/features/flag-")
    assert '"value": "0"' in line
    assert '"value": "25"' in line
    assert now == "Now: rollout 0 %."
    assert "already" in bench.driver.preview(Decimal(0))[0]


@pytest.mark.parametrize(("poll", "lag"), [({}, 15), ({"poll": 0}, 0), ({"poll": "1m"}, 60)])
def test_the_lag_is_the_sdks_polling(poll: dict[str, object], lag: float) -> None:
    keys = {"url": "http://u.example", "feature": "f", "strategy": "s"}
    with closing(driver(**keys, **poll)) as made:
        assert made.lag == lag


@pytest.mark.parametrize(
    "wrong",
    [{"feature": "../x"}, {"strategy": "a/b"}, {"project": "a b"}, {"poll": "2h"}, {"x": 1}],
)
def test_names_can_not_leave_their_place(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        driver(**{"url": "http://u.example", "feature": "f", "strategy": "s", **wrong})


def test_the_token_is_nowhere(bench: FlagBench) -> None:
    shown = [*bench.driver.preview(Decimal(5)), *bench.driver.manual_commands(Decimal(5))]
    assert not any(TOKEN in line for line in [*shown, repr(bench.driver)])


def test_its_page_is_true() -> None:
    page_is_true(UnleashDriver)
