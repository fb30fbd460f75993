"""What comparing two tables costs, beside reading both of them once.

    .venv/bin/python -m bench.parity [--rows 1000000] [--rounds 3] [--reladiff PYTHON]

Two databases in one real PostgreSQL hold the same table, and a MariaDB a third copy if there is
one. In turn, round by round: the bare scan (the md5 of every row, in the order of its key, on both
sides at once), our comparison at full speed where everything is equal, the same with 100 rows that
differ here and there, and from MariaDB to PostgreSQL. `--reladiff`: an interpreter in which that
library is installed, to be asked the same.

Only the ratios mean anything, and nothing is asserted but that every difference was found.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
os.environ.setdefault("SECRET_KEY", "bench-only")

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests import real_mariadb
from tests.servers import postgres_and_valkey
from tests.sources.parity import hands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.domain.parity.progress import Found, Progress

DIFFERING = 100
TABLE = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, status varchar(20) NOT NULL,
  total numeric(12, 2) NOT NULL, email varchar(100), note text, paid {boolean} NOT NULL,
  at {moment} NOT NULL)
"""
POSTGRES_ROWS = """
INSERT INTO orders SELECT n, n % 50000, CASE WHEN n % 3 = 0 THEN 'paid' ELSE 'open' END,
  n * 0.37, 'customer' || n || '@example.com', CASE WHEN n % 4 = 0 THEN NULL ELSE md5(n::text) END,
  n % 2 = 0, timestamp '2026-01-01' + n * interval '1 second' FROM generate_series(1, {rows}) n
"""
MARIADB_ROWS = """
INSERT INTO orders SELECT seq, seq % 50000, IF(seq % 3 = 0, 'paid', 'open'), seq * 0.37,
  CONCAT('customer', seq, '@example.com'), IF(seq % 4 = 0, NULL, MD5(seq)), seq % 2 = 0,
  TIMESTAMP('2026-01-01') + INTERVAL seq SECOND FROM seq_1_to_{rows}
"""
BARE = "SELECT md5(string_agg(md5(t::text), '' ORDER BY id)) FROM orders t"
RELADIFF = """
import sys
from reladiff import connect_to_table, diff_tables
names = ("id", "customer", "status", "total", "email", "note", "paid", "at")
sides = [connect_to_table(url, "orders", "id", extra_columns=names[1:]) for url in sys.argv[1:3]]
print(len({row[1][0] for row in diff_tables(*sides)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Two equal tables, and nearly equal ones.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reladiff", metavar="PYTHON")
    asked = parser.parse_args()
    with ExitStack() as until_done:
        servers = until_done.enter_context(postgres_and_valkey())
        pair = until_done.enter_context(hands.postgres_pair(_owner(servers.postgres_url)))
        ways = _ways(*pair, asked, until_done)
        print(f"{asked.rows:,} rows; median of {asked.rounds} rounds")
        _report(_measured(ways, asked.rounds))


def _owner(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return {ours: parts[theirs] for ours, theirs in names.items()}


def _ways(
    blue: hands.PostgresHand, green: hands.PostgresHand, asked: Any, until_done: ExitStack
) -> dict[str, Callable[[], None]]:
    for hand in (blue, green):
        hand.do(TABLE.format(boolean="boolean", moment="timestamp"))
        hand.do(POSTGRES_ROWS.format(rows=asked.rows))
        hand.do("VACUUM ANALYZE orders")
    ways: dict[str, Callable[[], None]] = {
        "bare scan": lambda: _bare(blue, green),
        "equal": lambda: _compare(blue, green, 0),
        f"{DIFFERING} differ": lambda: _compare(blue, green, DIFFERING, "other"),
    }
    green.do("CREATE TABLE other (LIKE orders INCLUDING ALL); INSERT INTO other TABLE orders")
    each = asked.rows // DIFFERING
    green.do(f"UPDATE other SET total = -1 WHERE id % {each} = 7")  # noqa: S608 (a number)
    green.do("VACUUM ANALYZE other")
    if real_mariadb.PROGRAM:
        maria = until_done.enter_context(hands.mariadb())
        maria.do(TABLE.format(boolean="tinyint(1)", moment="datetime"))
        maria.do(MARIADB_ROWS.format(rows=asked.rows))
        ways["equal, from MariaDB"] = lambda: _compare(maria, green, 0)
    else:
        print("LOUD: no MariaDB here, so nothing is said of it (apt install mariadb-server-core)")
    if asked.reladiff:
        ways["equal, reladiff"] = lambda: _reladiff(asked.reladiff, blue, green)
    return ways


def _bare(*sides: hands.PostgresHand) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(_scan, sides)
    assert first == second


def _scan(side: hands.PostgresHand) -> object:
    with psycopg.connect(_url(side)) as connection:
        return connection.execute(BARE).fetchone()


def _compare(blue: hands.Hand, green: hands.Hand, differing: int, there: str = "orders") -> None:
    """At full speed. `there`: what the table is called in GREEN."""
    tables = {"orders": {"green": there}}
    made = hands.config(blue, green, sample=0, settle="0s", tables=tables)
    found: tuple[Progress, list[Found]] = hands.compared(made)
    assert found[0].differing == len(found[1]) == differing


def _reladiff(python: str, *sides: hands.PostgresHand) -> None:
    command = [python, "-c", RELADIFF, *map(_url, sides)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "0", told.stdout


def _url(side: hands.PostgresHand) -> str:
    return f"postgresql://{side.user}:{side.password}@{side.host}:{side.port}/{side.database}"


def _measured(ways: Mapping[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - began)
    return times


def _report(times: Mapping[str, list[float]]) -> None:
    base = statistics.median(times["bare scan"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:22} {middle:7.2f} s {middle / base:6.2f}×")


if __name__ == "__main__":
    main()
