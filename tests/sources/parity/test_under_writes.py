"""While both databases are written to, what is on its way is no difference, and what is lost is."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import psycopg

from migrations_app.domain.parity.progress import Found, How, Progress, Stage
from migrations_app.sources.parity.visit import visit
from tests.sources.parity.hands import config

if TYPE_CHECKING:
    from tests.sources.parity.hands import PostgresHand

TABLE = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, status text);
INSERT INTO orders SELECT n, n, 'open' FROM generate_series(1, 3000) n
"""
LAG_S = 0.05
PATIENCE_S = 60.0


class Application:
    """Writes to BLUE all the time; every write reaches GREEN a moment later."""

    def __init__(self, blue: PostgresHand, green: PostgresHand) -> None:
        self._sides = (blue, green)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.rounds = 0

    def __enter__(self) -> Application:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)

    def rest(self) -> None:
        """Until whatever BLUE held when this was called has reached GREEN."""
        until, deadline = self.rounds + 2, time.monotonic() + PATIENCE_S
        while self.rounds < until:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _write(self) -> None:
        blue, green = (psycopg.connect(side.url, autocommit=True) for side in self._sides)
        dice = random.Random(4)  # noqa: S311 (no secret)
        with blue, green:
            while not self._over.is_set():
                batch = [self._change(dice) for _ in range(10)]
                for text, values in batch:
                    blue.execute(text, values)
                time.sleep(LAG_S)
                for text, values in batch:
                    green.execute(text, values)
                self.rounds += 1

    def _change(self, dice: random.Random) -> tuple[str, tuple[int, ...]]:
        key = dice.randrange(100, 3000)
        match dice.randrange(3):
            case 0:
                return "UPDATE orders SET total = total + 1 WHERE id = %s", (key,)
            case 1:
                return "DELETE FROM orders WHERE id = %s", (key,)
            case _:
                return "INSERT INTO orders VALUES (%s, %s, 'new') ON CONFLICT DO NOTHING", (
                    key,
                    key,
                )


def test_only_what_is_lost_is_found(postgres: tuple[PostgresHand, PostgresHand]) -> None:
    blue, green = postgres
    for hand in postgres:
        hand.do(TABLE)
    green.do("DELETE FROM orders WHERE id = 7")
    green.do("UPDATE orders SET total = 0 WHERE id = 8")
    blue.do("DELETE FROM orders WHERE id = 9")
    found: list[Found] = []
    known, suspected = Progress(), 0
    with Application(blue, green) as application, visit(config(blue, green, chunk=200)) as open_:
        while known.stage is not Stage.DONE:
            done = open_.step("orders", known)
            known = done.progress
            found += done.found
            suspected = max(suspected, len(known.suspects))
            if done.settle:
                application.rest()
    assert {one.key: one.how for one in found} == {
        ("7",): How.ONLY_BLUE, ("8",): How.DIFFERS, ("9",): How.ONLY_GREEN
    }  # fmt: skip
    assert suspected > 3, "something was on its way, or nothing was proven"
    assert known.missing.rows == 0
