"""Two real databases: what is equal is told to be, and every row that is not is named."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Permanent
from migrations_app.domain.parity.answer import answer
from migrations_app.domain.parity.ask import parse
from migrations_app.domain.parity.progress import Found, How, Progress, Stage
from migrations_app.sources.parity.connect import connect
from migrations_app.sources.parity.visit import visit
from tests.sources.parity.hands import compared, config

if TYPE_CHECKING:
    from tests.sources.parity.hands import PostgresHand

Pair = tuple["PostgresHand", "PostgresHand"]
TABLE = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text, total numeric(12, 2), paid boolean, note text,
  at timestamptz, day date, ref uuid, blob bytea, extra jsonb, rate float8);
INSERT INTO orders
SELECT n, CASE WHEN n % 3 = 0 THEN 'paid' ELSE 'open' END, n * 1.10, n % 2 = 0,
       CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'note|' || n END,
       '2026-11-21 10:00:00+00'::timestamptz + n * interval '1.5 s', date '2026-01-01' + n % 365,
       md5(n::text)::uuid, decode(md5(n::text), 'hex'), jsonb_build_object('n', n, 'a', n / 7.0),
       n / 7.0
  FROM generate_series(1, 5000) n
"""
FULL = {"orders": {"sums": ["total"], "buckets": ["status"]}}


@pytest.fixture
def pair(postgres: Pair) -> Pair:
    for hand in postgres:
        hand.do(TABLE)
    return postgres


def numbers(made: object, *texts: str) -> list[float]:
    return [answer(parse(text), made) for text in texts]  # type: ignore[arg-type]


def test_equal_tables_are_equal(pair: Pair) -> None:
    done, found = compared(config(*pair, tables=FULL, chunk=700))
    assert found == []
    assert (done.blue.rows, done.green.rows, done.chunks) == (5000, 5000, 8)
    assert done.blue == done.green
    assert done.blue.sums == {"total": Decimal("13752750.00")}
    assert done.blue.buckets == {"status": {"paid": 1666, "open": 3334}}
    assert done.sampled > 0
    texts = ("rows(orders)", "sum(orders.total)", "bucket(orders.status)", "checksum(orders)")
    assert numbers(done, *texts, "sample(orders)") == [0.0] * 5


def test_every_row_that_differs_is_named_with_its_columns(pair: Pair) -> None:
    blue, green = pair
    green.do("UPDATE orders SET total = total + 1, status = 'lost' WHERE id = 4711")
    green.do("UPDATE orders SET note = '' WHERE id = 8")
    green.do("DELETE FROM orders WHERE id IN (1, 5000)")
    blue.do("DELETE FROM orders WHERE id = 2500")
    done, found = compared(config(blue, green, tables=FULL, chunk=1500, sample=0))
    assert sorted(found, key=lambda one: int(one.key[0])) == [
        Found(("1",), How.ONLY_BLUE),
        Found(("8",), How.DIFFERS, ("note",)),
        Found(("2500",), How.ONLY_GREEN),
        Found(("4711",), How.DIFFERS, ("status", "total")),
        Found(("5000",), How.ONLY_BLUE),
    ]
    assert done.missing.rows == 1
    assert numbers(done, "rows(orders)", "checksum(orders)") == [1.0, 5.0]
    # What BLUE has more: rows 1 and 5000 for row 2500, and row 4711 with one less.
    assert numbers(done, "sum(orders.total)") == [float(Decimal("5501.10") - 2750 - 1)]
    # open: +1 +1 -1 for rows 1, 5000 and 2500, and +1 for what was lost; lost: -1.
    assert numbers(done, "bucket(orders.status)") == [3.0]


def test_rows_at_every_edge_of_a_piece_are_compared(pair: Pair) -> None:
    blue, green = pair
    green.do("UPDATE orders SET paid = NOT paid WHERE id % 100 IN (0, 1)")
    _, found = compared(config(blue, green, chunk=100, sample=0))
    assert {int(one.key[0]) for one in found} == {n for n in range(1, 5001) if n % 100 in {0, 1}}


def test_an_empty_side_is_not_equal(pair: Pair) -> None:
    blue, green = pair
    green.do("TRUNCATE orders")
    done, found = compared(config(blue, green, chunk=1000, most=100))
    assert done.overflowed
    assert len(found) == done.differing >= 100
    assert numbers(done, "rows(orders)")[0] > 0
    blue.do("TRUNCATE orders")
    done, found = compared(config(blue, green))
    assert (done.differing, done.overflowed, found) == (0, False, [])


def test_rows_beyond_the_end_of_blue_are_found(pair: Pair) -> None:
    blue, green = pair
    blue.do("DELETE FROM orders WHERE id > 100")
    green.do("DELETE FROM orders WHERE id BETWEEN 101 AND 4900")
    done, found = compared(config(blue, green, chunk=1000, sample=0))
    assert {one.how for one in found} == {How.ONLY_GREEN}
    assert (done.differing, done.missing.rows) == (100, -100)


def test_a_where_looks_at_a_part(pair: Pair) -> None:
    blue, green = pair
    green.do("UPDATE orders SET note = 'x' WHERE id IN (10, 4000)")
    done, found = compared(
        config(blue, green, tables={"orders": {"where": "id % 2 = 0 AND id < 99"}})
    )
    assert [one.key for one in found] == [("10",)]
    assert done.blue.rows == 49


def test_columns_may_be_left_out_or_renamed(pair: Pair) -> None:
    blue, green = pair
    green.do("ALTER TABLE orders RENAME COLUMN total TO amount")
    green.do("UPDATE orders SET note = 'x', amount = 0 WHERE id = 7")
    with pytest.raises(Permanent, match="GREEN has no column total; BLUE has no column amount"):
        compared(config(blue, green))
    spec = {"renamed": {"total": "amount"}, "exclude": ["note"], "sums": ["total"]}
    done, found = compared(config(blue, green, tables={"orders": spec}))
    assert found == [Found(("7",), How.DIFFERS, ("total",))]
    assert done.missing.sums == {"total": Decimal("7.70")}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TABLE orders", "no table orders"),
        ("ALTER TABLE orders DROP CONSTRAINT orders_pkey", r"nothing makes \(id\) unique in GREEN"),
        ("ALTER TABLE orders ALTER COLUMN day TYPE timestamptz", "day is day in BLUE and moment"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_a_sentence(
    pair: Pair, change: str, sentence: str
) -> None:
    pair[1].do(change)
    with pytest.raises(Permanent, match=sentence):
        compared(config(*pair))


def test_a_key_that_may_be_null_is_refused(pair: Pair) -> None:
    for hand in pair:
        hand.do("CREATE UNIQUE INDEX ON orders (ref)")
    with pytest.raises(Permanent, match="ref may be NULL in BLUE"):
        compared(config(*pair, tables={"orders": {"key": ["ref"]}}))


@pytest.mark.parametrize(
    "key", [["ref"], ["day", "id"], ["name"], ["status", "name", "id"], ["at", "id"]]
)
def test_keys_of_any_kind_walk_the_whole_table(pair: Pair, key: list[str]) -> None:
    """Texts sort by their bytes, whatever the collation of the column."""
    for hand in pair:
        hand.do("CREATE COLLATION IF NOT EXISTS of_a_locale (provider = libc, locale = 'C.UTF-8')")
        hand.do("ALTER TABLE orders ADD COLUMN name text COLLATE of_a_locale")
        hand.do(
            "UPDATE orders SET name = "
            "CASE id % 3 WHEN 0 THEN 'ä' WHEN 1 THEN 'Z' ELSE 'z ' END || id"
        )
        for column in key:
            hand.do(f"ALTER TABLE orders ALTER COLUMN {column} SET NOT NULL")
        hand.do(f"CREATE UNIQUE INDEX ON orders ({', '.join(key)})")
    pair[1].do("UPDATE orders SET total = 0 WHERE id IN (1, 77, 5000)")
    spec = {"orders": {"key": key}}
    done, found = compared(config(*pair, tables=spec, chunk=333, sample=0))
    assert (done.blue.rows, done.green.rows) == (5000, 5000)
    assert len(found) == done.differing == 3


def test_nothing_can_be_written_by_us(pair: Pair) -> None:
    made = config(*pair)
    connection = connect(made.blue, 5.0)
    try:
        connection.begin()
        with pytest.raises(Exception, match="read-only transaction"):
            connection.ask("DELETE FROM orders")
    finally:
        connection.close()


def test_keys_alone_can_be_compared(pair: Pair) -> None:
    pair[1].do("UPDATE orders SET note = 'other' WHERE id = 5")
    pair[1].do("DELETE FROM orders WHERE id = 6")
    done, found = compared(config(*pair, tables={"orders": {"columns": []}}))
    assert [one.key for one in found] == [("6",)]
    assert done.blue.rows == 5000


def test_many_rows_that_only_arrived_late_are_no_differences(pair: Pair) -> None:
    """More than are followed one by one differ at first; the walk goes on where it stopped, and
    counts no row twice."""
    _, green = pair
    green.do("UPDATE orders SET note = 'late' WHERE id BETWEEN 1000 AND 3000")
    made, known = config(*pair, chunk=5000, most=50, sample=0), Progress()
    with visit(made) as open_:
        known = open_.step("orders", known).progress
        assert (known.stage, len(known.suspects), known.after) == (Stage.LOOK, 50, ("1049",))
    green.do("DELETE FROM orders")
    green.do(TABLE[TABLE.index("INSERT") :])
    with visit(made) as open_:
        while known.stage is not Stage.DONE:
            known = open_.step("orders", known).progress
    assert (known.differing, known.overflowed) == (0, False)
    assert (known.blue.rows, known.green.rows) == (5000, 5000)


def test_a_type_that_is_spelled_otherwise_is_looked_at_and_found_equal(pair: Pair) -> None:
    """Text and jsonb hold the same value in another order: the hash errs, the values don't."""
    pair[1].do("ALTER TABLE orders ALTER COLUMN extra TYPE text USING "
               "'{\"n\":' || id || ', \"a\":' || (extra ->> 'a') || '}'")  # fmt: skip
    done, found = compared(config(*pair, chunk=1000))
    assert (done.differing, found, done.blue.rows) == (0, [], 5000)


def test_keys_that_a_database_sorts_in_its_own_way_are_walked_alike(pair: Pair) -> None:
    """An enum by its declaration; UUIDs as text, in whatever case they were written."""
    blue, green = pair
    for hand in pair:
        hand.do("DROP TABLE IF EXISTS keyed; DROP TYPE IF EXISTS mood")
        hand.do("CREATE TYPE mood AS ENUM ('z', 'a', 'm')")
    kinds = {blue: ("mood", "text", "upper"), green: ("text", "uuid", "lower")}
    for hand, (enum, uuid, case) in kinds.items():
        hand.do(f"CREATE TABLE keyed (kind {enum}, ref {uuid}, n int, PRIMARY KEY (kind, ref))")
        kind = f"(ARRAY['z', 'a', 'm'])[n % 3 + 1]::{enum}"
        ref = f"{case}(md5(n::text)::uuid::text)::{uuid}"
        hand.do(f"INSERT INTO keyed SELECT {kind}, {ref}, n FROM generate_series(1, 900) n")  # noqa: S608 (ours)
    green.do("UPDATE keyed SET n = 0 WHERE n IN (1, 450)")
    done, found = compared(config(blue, green, "keyed", chunk=100, sample=0), "keyed")
    assert (done.blue.rows, done.green.rows, done.chunks) == (900, 900, 10)
    assert len(found) == 2
