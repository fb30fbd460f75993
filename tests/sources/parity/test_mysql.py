"""From MySQL to PostgreSQL: every type that both have, spelled alike on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.parity.answer import answer
from migrations_app.domain.parity.ask import parse
from migrations_app.domain.parity.progress import Found, How
from migrations_app.sources.parity.config import Database
from migrations_app.sources.parity.connect import connect
from migrations_app.sources.parity.side import Span
from migrations_app.sources.parity.visit import visit
from tests import real_mariadb
from tests.real_mariadb import NEEDED
from tests.sources.parity.hands import compared, config

if TYPE_CHECKING:
    from tests.sources.parity.hands import MariaHand, PostgresHand

pytestmark = NEEDED

BLUE = """
CREATE OR REPLACE TABLE orders (
  id bigint unsigned PRIMARY KEY, status enum('open', 'paid'), total decimal(20, 4),
  paid tinyint(1), note varchar(200) COLLATE utf8mb4_general_ci, at datetime(6),
  created timestamp NULL, day date, t time(3), ref char(36), raw binary(16), data blob,
  rate double, flags bit(8), year_ year)
"""
GREEN = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text, total numeric(20, 4), paid boolean, note text,
  at timestamptz, created timestamp, day date, t time, ref uuid, raw uuid, data bytea, rate float8,
  flags int, year_ int)
"""
ROWS: list[tuple[object, ...]] = [
    (1, "open", "1.50", 1, "plain", "2026-11-21 10:00:00.5", "2026-11-21 10:00:00", "2026-11-21",
     "10:00:00.25", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", b"\x01" * 16, b"\x00\xff", 0.1, 5,
     2026),
    (2, "paid", "-0.0001", 0, "", "1999-12-31 23:59:59.999999", None, "1969-12-31", "00:00:00",
     "6f9619ff-8b86-d011-b42d-00cf4fc964fe", b"\xff" * 16, b"", -1e20, 0, 1999),
    (2**63 - 1, None, "9999999999999999.9999", *[None] * 12),
    (4, "open", "0", 1, "ünïcödé | ~ 😀 'quoted' \\ % %s", "2026-01-01 00:00:00", None, None, None,
     None, None, None, 1 / 3, 255, 2000),
    (5, "open", "100.0000", 1, "  spaces  ", "2026-01-01 00:00:00", None, None, None, None, None,
     None, 1e-7, 128, 1970),
    (6, "open", "12345678901.2", 0, "3:a|~", "2026-01-01 00:00:00.000001", None, None, None, None,
     None, None, 123456789.123, 1, 1970),
]  # fmt: skip


Pair = tuple["MariaHand", "PostgresHand"]


@pytest.fixture
def pair(maria: MariaHand, postgres: tuple[PostgresHand, PostgresHand]) -> Pair:
    """The same rows, as each of the two takes them."""
    green = postgres[1]
    maria.do(BLUE)
    green.do(GREEN)
    insert = f"INSERT INTO orders VALUES ({', '.join(['%s'] * 15)})"  # noqa: S608 (holes only)
    maria.do(insert, ROWS)
    green.do(insert, [_in_postgres(row) for row in ROWS])
    return maria, green


def _in_postgres(row: tuple[object, ...]) -> tuple[object, ...]:
    *head, paid, note, at, created, day, t, ref, raw = row[:11]
    paid = None if paid is None else paid == 1
    raw = raw.hex() if isinstance(raw, bytes) else raw
    return (*head, paid, note, at, created, day, t, ref, raw, *row[11:])


def digests_agree(pair: Pair) -> bool:
    """Whether the databases themselves spell every row alike, without us looking closer."""
    with visit(config(*pair)) as open_:
        made = open_.pair("orders")
        with open_.moment():
            return made.blue.prints(Span()) == made.green.prints(Span())


def test_the_same_rows_are_equal_in_every_type(pair: Pair) -> None:
    done, found = compared(config(*pair))
    assert found == []
    assert (done.blue.rows, done.green.rows, done.differing) == (6, 6, 0)
    assert digests_agree(pair), "the hash must not cry wolf: it costs a look at every row"


def test_every_difference_is_found(pair: Pair) -> None:
    maria, green = pair
    green.do("UPDATE orders SET note = '' WHERE note IS NULL")
    green.do("UPDATE orders SET paid = false, at = at + interval '1 microsecond' WHERE id = 4")
    green.do("UPDATE orders SET total = total + 0.0001 WHERE id = 5")
    maria.do("DELETE FROM orders WHERE id = 6")
    spec = {"orders": {"sums": ["total"], "buckets": ["status"]}}
    done, found = compared(config(*pair, tables=spec))
    assert sorted(found, key=lambda one: int(one.key[0])) == [
        Found(("4",), How.DIFFERS, ("paid", "at")),
        Found(("5",), How.DIFFERS, ("total",)),
        Found(("6",), How.ONLY_GREEN),
        Found((str(2**63 - 1),), How.DIFFERS, ("note",)),
    ]
    assert answer(parse("sum(orders.total)"), done) == 12345678901.2001
    assert answer(parse("bucket(orders.status)"), done) == 1.0


@pytest.mark.parametrize("key", ["note", "ref", "raw"])
def test_keys_of_any_kind_walk_the_whole_table(
    maria: MariaHand, postgres: tuple[PostgresHand, PostgresHand], key: str
) -> None:
    """A text's order is that of its bytes in both, though MySQL's collation knows no case."""
    green = postgres[1]
    maria.do("""
        CREATE OR REPLACE TABLE orders (note varchar(40) NOT NULL UNIQUE,
          ref char(36) NOT NULL UNIQUE, raw binary(16) NOT NULL UNIQUE, n int)""")
    green.do("""
        DROP TABLE IF EXISTS orders;
        CREATE TABLE orders (note text NOT NULL UNIQUE, ref uuid NOT NULL UNIQUE,
          raw bytea NOT NULL UNIQUE, n int)""")
    maria.do("""
        INSERT INTO orders
        SELECT CONCAT(IF(n % 2, 'a', 'B'), CHAR(n % 26 + 65), n),
               INSERT(INSERT(INSERT(INSERT(MD5(n), 21, 0, '-'), 17, 0, '-'), 13, 0, '-'),
                      9, 0, '-'),
               UNHEX(MD5(n)), n
          FROM (SELECT seq AS n FROM seq_1_to_3000) s""")
    green.do("""
        INSERT INTO orders
        SELECT CASE WHEN n % 2 = 1 THEN 'a' ELSE 'B' END || chr(n % 26 + 65) || n,
               md5(n::text)::uuid, decode(md5(n::text), 'hex'), n
          FROM generate_series(1, 3000) n""")
    green.do("UPDATE orders SET n = 0 WHERE n IN (1, 1500)")
    made = config(maria, green, tables={"orders": {"key": [key]}}, chunk=250, sample=0)
    done, found = compared(made)
    assert (done.blue.rows, done.green.rows, done.chunks) == (3000, 3000, 13)
    assert len(found) == 2


def test_a_number_too_fine_for_the_hash_is_compared_itself(pair: Pair) -> None:
    for hand in pair:
        hand.do("UPDATE orders SET rate = 1.2345e-40")
    done, found = compared(config(*pair))
    assert (done.differing, found) == (0, [])


def test_nothing_can_be_written_by_us(pair: Pair) -> None:
    owned = Database.model_validate(
        {**pair[0].binding(), "user": "owner", "password": real_mariadb._OWNER}
    )
    connection = connect(owned, 5.0)
    try:
        connection.begin()
        with pytest.raises(Exception, match="READ ONLY"):
            connection.ask("DELETE FROM orders")
    finally:
        connection.close()


def test_who_is_not_let_in_is_told(pair: Pair) -> None:
    stranger = Database.model_validate({**pair[0].binding(), "password": "wrong"})
    with pytest.raises(Permanent, match="refuses: Access denied") as caught:
        connect(stranger, 5.0)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("tls", ["require", "verify"])
def test_a_server_without_tls_is_not_spoken_to_in_plain_text(pair: Pair, tls: str) -> None:
    wary = Database.model_validate({**pair[0].binding(), "tls": tls})
    with pytest.raises(SeamError):
        connect(wary, 5.0)


def test_either_side_may_be_either(pair: Pair) -> None:
    maria, postgres = pair
    done, found = compared(config(postgres, maria))
    assert (done.blue.rows, done.green.rows, found) == (6, 6, [])
    done, found = compared(config(maria, maria))
    assert (done.blue.rows, found) == (6, [])


def test_keys_that_mysql_sorts_in_its_own_way_are_walked_alike(pair: Pair) -> None:
    """An enum by its number; UUIDs as text, with and without dashes, in either case."""
    maria, green = pair
    green.do("""
        DROP TABLE IF EXISTS keyed;
        CREATE TABLE keyed (kind text, ref uuid, bare uuid, n int,
          PRIMARY KEY (kind, bare, ref))""")
    maria.do("""
        CREATE OR REPLACE TABLE keyed (kind enum('z', 'a', 'm'), ref char(36) COLLATE ascii_bin,
          bare char(32), n int, PRIMARY KEY (kind, bare, ref))""")
    rows = [(("z", "a", "m")[n % 3], str(UUID(int=n * 2**100)), f"{n * 2**100:032x}", n)
            for n in range(1, 901)]  # fmt: skip
    green.do("INSERT INTO keyed VALUES (%s, %s, %s, %s)", rows)
    maria.do("INSERT INTO keyed VALUES (%s, UPPER(%s), %s, %s)", rows)
    green.do("UPDATE keyed SET n = 0 WHERE n IN (1, 450)")
    done, found = compared(config(maria, green, "keyed", chunk=100, sample=0), "keyed")
    assert (done.blue.rows, done.green.rows, done.chunks) == (900, 900, 10)
    assert len(found) == 2
