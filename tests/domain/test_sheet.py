"""The break-glass sheet to the letter: at 2 A.M. nobody should have to interpret it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.sheet import Sheet, Way, text

WEB: Final = Way(
    "web", "Web traffic", "haproxy", 0, Decimal(0),
    (
        'echo "set server app/blue weight 100" | socat - TCP:10.0.0.5:9999',
        'echo "set server app/green weight 0" | socat - TCP:10.0.0.5:9999',
        'echo "show servers state app" | socat - TCP:10.0.0.5:9999',
    ),
)  # fmt: skip
READS: Final = Way("reads", "Read path", "flag", 1, Decimal(0), (), "FLAGS_URL is not set.")
WRITES: Final = Way("writes", "Dual writes", "flag", 1, Decimal("2.5"), ("flags off",))
SHEET: Final = Sheet(
    migration="orders-db", title="Orders to the new database", run=7, environment="production",
    plan_sha256="0022249c69fc" + "0" * 52, at=datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC),
    people=(("dri", "ana"), ("database", "raj, mia")), ways=(READS, WEB, WRITES),
    no_return=("All of it",), steps=("Look at BLUE's dashboards (dri)",), drain="They finish.",
)  # fmt: skip

GOLDEN: Final = """\
BREAK-GLASS SHEET: Orders to the new database
run 7 in production, plan 0022249c69fc
printed 2026-03-01 02:03:04 UTC

FIRST TRY, on a machine of Warroom's (needs no web process, no workers, no Redis,
and without PostgreSQL works from what this machine remembers):
  manage.py rollback orders-db --by YOU --reason "why"

STEP 1
  Web traffic (haproxy) to 0 % GREEN:
    echo "set server app/blue weight 100" | socat - TCP:10.0.0.5:9999
    echo "set server app/green weight 0" | socat - TCP:10.0.0.5:9999
    echo "show servers state app" | socat - TCP:10.0.0.5:9999

STEP 2, all of these at once
  Read path (flag) to 0 % GREEN:
    NO COMMANDS: FLAGS_URL is not set.

  Dual writes (flag) to 2.5 % GREEN:
    flags off

NO RETURN from All of it on: going back loses what was written.

WHAT THE PLAN ASKS BESIDE THAT
  Look at BLUE's dashboards (dri)

REQUESTS ALREADY ON GREEN: They finish.

TELL
  dri: ana
  database: raj, mia

THEN
  Write down who did what, and when.
  Warroom, once it is back, shows the change as drift and holds. It does not undo it.
  Then press ROLL BACK in the room, so that it keeps every route where you put it.
"""


def test_the_sheet_to_the_letter() -> None:
    assert text(SHEET) == GOLDEN


@given(st.lists(st.integers(-3, 3), max_size=8))
def test_lower_ranks_go_first_and_nothing_is_left_out(ranks: list[int]) -> None:
    ways = tuple(replace(WEB, route=f"r{at}", rank=rank) for at, rank in enumerate(ranks))
    steps = replace(SHEET, ways=ways).ranks
    assert [way for _, group in steps for way in group] == sorted(ways, key=lambda way: way.rank)
    assert [number for number, _ in steps] == list(range(1, len(set(ranks)) + 1))
