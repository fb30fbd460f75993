"""A comparison is made in steps that anybody can take up, and what it found is told once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app import tasks
from migrations_app.actions import parity as doing
from migrations_app.conductor import hints, lookups
from migrations_app.conductor.evaluate import evaluate
from migrations_app.conductor.lint import lint
from migrations_app.conductor.poll import Poller
from migrations_app.domain.parity.progress import Progress
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.reading import Outcome, Query
from migrations_app.models import (
    Check,
    Event,
    Parity,
    ParityDifference,
    ParityPass,
    ParityTable,
    SourceTick,
)
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of
from tests.conductor import parity as build
from tests.conductor.parity import pair
from tests.sources.parity.conftest import postgres

if TYPE_CHECKING:
    from migrations_app.domain.reading import Reading
    from tests.build import Room
    from tests.conductor.parity import Pair

__all__ = ["pair", "postgres"]
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60.0


def read(made: Room, text: str = "checksum(orders)") -> Reading:
    binding = plan_of(made.run).sources["parity"]
    source = lookups.source(made.run_id, "parity", binding)
    (reading,) = source.read([Query("same", text)], db_now())
    return reading


def told(made: Room) -> list[tuple[str, str]]:
    rows = Event.objects.filter(run_id=made.run_id, kind__startswith="parity").order_by("seq")
    return list(rows.values_list("kind", "sentence"))


def test_equal_tables_end_in_a_reading_of_zero_and_one_entry(pair: Pair) -> None:
    made = build.comparing(*pair)
    assert read(made).outcome is Outcome.EMPTY
    build.whole(made)
    reading = read(made)
    assert (reading.outcome, reading.value) == (Outcome.OK, 0.0)
    assert reading.sampled_at == ParityTable.objects.get().began_at
    build.whole(made)
    assert told(made) == [
        ("parity_begun", "Data parity (parity): comparing orders"),
        ("parity_equal", "Data parity (parity): orders: 2,000 rows, all equal"),
    ]


def test_a_difference_is_told_when_it_appears_and_when_it_is_gone(pair: Pair) -> None:
    made = build.comparing(*pair)
    pair[1].do("UPDATE orders SET total = 0 WHERE id = 1000")
    for _ in range(3):
        build.whole(made)
        assert read(made).value == 1.0
    pair[1].do("UPDATE orders SET total = id")
    build.whole(made)
    assert read(made).value == 0.0
    assert [kind for kind, _ in told(made)] == ["parity_begun", "parity_differs", "parity_equal"]
    assert "1 of 2,000 row differs" in told(made)[1][1]


def test_keys_are_kept_as_digests_that_agree_within_a_run_only(pair: Pair) -> None:
    pair[1].do("DELETE FROM orders WHERE id = 1234")
    made = build.comparing(*pair)
    build.whole(made)
    build.whole(made)
    first, again = ParityDifference.objects.values_list("key", flat=True)
    assert first == again != "1234"
    assert "1234" not in str(list(ParityTable.objects.values_list("progress", flat=True)))
    Parity.objects.update(salt="another run's")
    build.whole(made)
    assert ParityDifference.objects.latest("id").key != first


def test_keys_are_shown_where_the_plan_says_so(pair: Pair) -> None:
    pair[1].do("DELETE FROM orders WHERE id = 1234")
    build.whole(build.comparing(*pair, show_keys=True))
    assert ParityDifference.objects.get().key == "1234"


def test_rows_that_differed_long_ago_are_forgotten(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "KEPT", 2)
    pair[1].do("DELETE FROM orders WHERE id = 1234")
    made = build.comparing(*pair)
    for _ in range(4):
        build.whole(made)
    assert list(ParityPass.objects.values_list("number", flat=True)) == [4, 3]
    assert ParityDifference.objects.count() == 2
    assert len(told(made)) == 2


def test_a_poller_alone_compares(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker has ever heard of it."""
    heard: list[hints.Hint] = []
    monkeypatch.setattr(hints, "poke", heard.extend)
    made = build.comparing(*pair)
    poller = Poller(hands=2)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not build.parity(made).resting:
            assert time.monotonic() < deadline
            poller.round()
            time.sleep(0.05)
    finally:
        poller._let_go()
    assert read(made).value == 0.0
    assert hints.parity(build.parity(made).pk) in heard


def test_a_worker_compares_what_it_is_hinted_at(pair: Pair) -> None:
    made = build.comparing(*pair)
    hint = hints.parity(build.parity(made).pk)
    assert tasks.compare.name == hint.task
    tasks.compare(hint.pk)
    assert read(made).value == 0.0


@pytest.mark.parametrize(
    ("query", "why"),
    [("checksum(order)", 'Did you mean "orders"?'), ("sum(orders.total)", "not among the sums")],
)
def test_a_question_that_nothing_answers_is_told_before_a_start(
    pair: Pair, query: str, why: str
) -> None:
    plan = Plan.model_validate(build.plan(*pair, query=query))
    assert any(why in one.sentence for one in lint(plan))


def test_rows_on_their_way_are_no_differences(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replication brings them while the comparison waits for them to settle."""
    blue, green = pair
    green.do("DELETE FROM orders WHERE id > 1990")
    made = build.comparing(blue, green, settle="5s")
    build.visit(made)
    assert len(Progress.from_json(ParityTable.objects.get().progress).suspects) == 10
    assert not build.due_now(made), "it waits"
    green.do("INSERT INTO orders SELECT n, 'open', n FROM generate_series(1991, 2000) n")
    build.whole(made)
    assert read(made).value == 0.0
    assert not ParityDifference.objects.exists()


def test_a_row_that_never_rests_is_not_judged(pair: Pair) -> None:
    blue, green = pair
    green.do("DELETE FROM orders WHERE id = 7")
    made = build.comparing(blue, green, settle="5s", looks=3)
    for _ in range(3):
        build.visit(made)
        blue.do("UPDATE orders SET total = total - 1 WHERE id = 7")
    done = Progress.from_json(ParityTable.objects.get().progress)
    assert (done.differing, done.moving) == (0, 1)
    reading = read(made)
    assert (reading.outcome, reading.value) == (Outcome.WARNINGS, None)
    assert [kind for kind, _ in told(made)] == ["parity_begun"], "nobody says that all is equal"


def test_the_pause_holds_the_average_down(pair: Pair) -> None:
    """2,000 rows at 50 a second: after each piece the next is due when its rows are paid for."""
    made = build.comparing(*pair, chunk=100, rows_per_second=50, sample=0)
    for pieces in range(1, 4):
        before = db_now()
        build.visit(made)
        now = build.parity(made)
        assert now.due_at - before >= timedelta(seconds=100 / 50)
        assert Progress.from_json(ParityTable.objects.get().progress).chunks == pieces


@pytest.mark.parametrize("query", ["SELECT 6", "SELECT NULL", "SELECT 1 WHERE false"])
def test_a_brake_stops_everything_before_a_row_is_read(pair: Pair, query: str) -> None:
    made = build.comparing(*pair, brakes=[{"on": "blue", "query": query, "above": 5}])
    assert build.whole(made).trouble.startswith("waits for BLUE")
    assert not ParityPass.objects.exists()
    assert read(made).outcome is Outcome.EMPTY


def test_a_brake_that_is_off_stops_nothing(pair: Pair) -> None:
    made = build.comparing(*pair, brakes=[{"on": "green", "query": "SELECT 5", "above": 5}])
    build.whole(made)
    assert read(made).value == 0.0


def test_a_database_that_is_away_is_waited_for_more_and_more_patiently(pair: Pair) -> None:
    blue, green = pair
    made = build.comparing(replace(blue, port=1), green)
    pauses = []
    for _ in range(3):
        before = db_now()
        build.visit(made)
        now = build.parity(made)
        assert "does not answer" in now.trouble
        pauses.append(round((now.due_at - before).total_seconds()))
    assert pauses == [2, 4, 8]


def test_a_table_that_cannot_be_compared_says_so_and_stops_no_other(pair: Pair) -> None:
    for hand in pair:
        hand.do("CREATE TABLE IF NOT EXISTS loose (id int)")
    made = build.comparing(*pair, tables={"loose": {}, "orders": {}})
    build.whole(made)
    assert read(made).value == 0.0
    wrong = read(made, "rows(loose)")
    assert wrong.outcome is Outcome.ERROR
    assert "has no primary key" in wrong.detail


def test_a_result_that_is_no_longer_fresh_is_none(pair: Pair) -> None:
    made = build.comparing(*pair, fresh="10m")
    build.whole(made)
    then = db_now() - timedelta(minutes=11)
    ParityTable.objects.update(began_at=then)
    assert read(made).outcome is Outcome.EMPTY


def test_traffic_that_moved_makes_the_next_pass_due(pair: Pair) -> None:
    made = build.comparing(*pair)
    build.whole(made)
    assert not build.due_now(made), "the next one is in ten minutes"
    build.settled(made)
    assert build.due_now(made)
    build.whole(made)
    assert not build.due_now(made)


def test_a_run_that_is_over_is_not_compared(pair: Pair) -> None:
    made = build.comparing(*pair)
    assert build.due_now(made)
    type(made.run).objects.filter(pk=made.run_id).update(state="called_off")
    assert not build.due_now(made)


def test_the_judge_reads_it_like_any_other_source(pair: Pair) -> None:
    made = build.comparing(*pair)
    build.whole(made)
    tick = SourceTick.objects.get(run_id=made.run_id, source="parity")
    SourceTick.objects.filter(pk=tick.pk).update(slot=1)
    assert evaluate(tick.pk)
    check = Check.objects.get(run_id=made.run_id, name="same")
    assert (check.value, check.status) == (0.0, "PASS")
