"""A run whose plan compares two databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.db import connection

from migrations_app.conductor import due
from migrations_app.conductor.parity import compare
from migrations_app.models import Parity, Run
from migrations_app.models.clock import db_now
from tests.build import plan_data, started
from tests.sources.parity.hands import settings

if TYPE_CHECKING:
    from tests.build import Room
    from tests.sources.parity.hands import Hand, PostgresHand

Pair = tuple["PostgresHand", "PostgresHand"]
CHECK = {
    "name": "same", "source": "parity", "query": "checksum(orders)", "unit": "count",
    "window": "1h", "fail_when": "> 0",
}  # fmt: skip


TABLE = """
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric);
INSERT INTO orders SELECT n, 'open', n FROM generate_series(1, 2000) n
"""


@pytest.fixture
def pair(postgres: Pair) -> Pair:
    for hand in postgres:
        hand.do(TABLE)
    return postgres


def comparing(blue: Hand, green: Hand, **config: Any) -> Room:
    """A started run with the source `parity`; `settle` is short, and nobody waits for it."""
    data = plan(blue, green, **config)
    return started(environments=data["environments"], checks=data["checks"])


def plan(blue: Hand, green: Hand, query: str = "checksum(orders)", **config: Any) -> dict[str, Any]:
    """With one check of its own."""
    given = settings(blue, green, **{"settle": "100ms", "rows_per_second": 10_000_000, **config})
    data = plan_data()
    bound = data["environments"]["rehearsal"]
    bound["sources"]["parity"] = {"kind": "parity", "config": given, "interval": "1s"}
    return data | {"checks": [*data["checks"], CHECK | {"query": query}]}


def parity(made: Room) -> Parity:
    return Parity.objects.get(run_id=made.run_id)


def due_now(made: Room) -> bool:
    """Whether the poller would hand it out."""
    Parity.objects.filter(run_id=made.run_id).update(handed_at=None)
    return parity(made).pk in {pk for pk, _ in due.parities()}


def visit(made: Room) -> None:
    """As if the pause were over."""
    Parity.objects.filter(run_id=made.run_id).update(due_at=db_now())
    assert compare(parity(made).pk)


def whole(made: Room, most: int = 100) -> Parity:
    """Visits until the pass is over."""
    for _ in range(most):
        visit(made)
        found = parity(made)
        if found.resting or found.trouble:
            return found
    raise AssertionError("the pass does not end")


def settled(made: Room) -> None:
    """Traffic was moved just now."""
    Run.objects.filter(pk=made.run_id).update(settled_at=db_now())


def died(made: Room) -> None:
    """Whoever held the lease was killed, and its time is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE migrations_app_parity SET lease_until = clock_timestamp() WHERE run_id = %s",
            [made.run_id],
        )


def here() -> dict[str, str]:
    """The environment of a process of ours at the database of this test."""
    known = connection.settings_dict
    where = f"{known['HOST']}:{known['PORT']}/{known['NAME']}"
    url = f"postgres://{quote(known['USER'])}:{quote(known['PASSWORD'])}@{where}"
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "warroom.settings"}
