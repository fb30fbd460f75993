"""`manage.py parity`: two real databases, no run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.models import Migration, ParityPass
from tests.build import plan_data
from tests.commands.run import manage
from tests.sources.parity.conftest import postgres
from tests.sources.parity.hands import settings

if TYPE_CHECKING:
    from tests.sources.parity.hands import PostgresHand

__all__ = ["postgres"]
pytestmark = pytest.mark.django_db(transaction=True)
Pair = tuple["PostgresHand", "PostgresHand"]
TABLE = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric);
INSERT INTO orders SELECT n, 'open', n FROM generate_series(1, 1500) n
"""
SPEC = {"orders": {"sums": ["total"], "buckets": ["status"]}}


@pytest.fixture
def pair(postgres: Pair) -> Pair:
    for hand in postgres:
        hand.do(TABLE)
    data = plan_data()
    sources = data["environments"]["rehearsal"]["sources"]
    given = settings(*postgres, tables=SPEC, settle="10ms", rows_per_second=1_000_000)
    sources["parity"] = {"kind": "parity", "config": given}
    Migration.objects.create(slug="orders-db", title="Orders", plan=data, sha256="0" * 64)
    return postgres


def test_equal_databases_are_told_to_be(pair: Pair) -> None:
    said = manage("parity", "orders-db", "--environment", "rehearsal")
    assert said.lines == ["✔ orders: 0 of 1,500 rows differ"]
    assert said.failed == ""
    assert not ParityPass.objects.exists()


def test_what_differs_is_counted_and_named_when_asked_for(pair: Pair) -> None:
    pair[1].do("UPDATE orders SET status = 'paid', total = 0 WHERE id = 1499")
    pair[1].do("DELETE FROM orders WHERE id = 3")
    words = ("parity", "orders-db", "--environment", "rehearsal")
    said = manage(*words)
    counts = [
        "✘ orders: 2 of 1,500 rows differ",
        "    BLUE has +1 rows",
        "    the sum of total is +1,502 in BLUE",
        "    BLUE has +2 rows with status = open",
        "    BLUE has -1 rows with status = paid",
    ]
    assert said.lines == counts
    assert said.failed == "Not the same on both sides: orders."
    named = manage(*words, "--keys").lines
    assert named == [*counts, "    3: only blue", "    1499: differs in status, total"]


def test_a_table_that_is_not_compared_is_refused(pair: Pair) -> None:
    said = manage("parity", "orders-db", "--environment", "rehearsal", "--table", "order")
    assert said.failed == 'No table order is compared. Did you mean "orders"?'


def test_a_plan_without_a_comparison_says_so(pair: Pair) -> None:
    Migration.objects.update(plan=plan_data())
    said = manage("parity", "orders-db", "--environment", "rehearsal")
    assert "has no source of the kind parity" in said.failed


def test_a_table_that_cannot_be_compared_is_told(pair: Pair) -> None:
    pair[1].do("DROP TABLE orders")
    said = manage("parity", "orders-db", "--environment", "rehearsal")
    assert "✘ orders: There is no table orders there" in said.out
    assert said.failed
