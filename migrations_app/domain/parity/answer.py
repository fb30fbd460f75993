"""What a finished comparison answers: plain numbers, 0 where both sides are equal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from migrations_app.domain.parity.ask import What

if TYPE_CHECKING:
    from migrations_app.domain.parity.ask import Ask
    from migrations_app.domain.parity.progress import Progress, Totals


def answer(asked: Ask, done: Progress) -> float:
    """The number behind a question about a table whose comparison is done.

    A column that was not counted is a `KeyError`: whoever asks has looked at the configuration.
    """
    match asked.what:
        case What.CHECKSUM:
            return float(done.differing)
        case What.SAMPLE:
            return float(done.sample_differing)
        case What.ROWS:
            return float(abs(apart(done).rows))
        case What.SUM:
            return float(abs(apart(done).sums.get(asked.column, Decimal(0))))
        case What.BUCKET:
            return float(sum(abs(n) for n in apart(done).buckets.get(asked.column, {}).values()))


def apart(done: Progress) -> Totals:
    """How much more BLUE is. Told from the rows that differ for good; where there were too many to
    look at, from what was counted, which was not at one moment."""
    return done.blue.plus(done.green, -1) if done.overflowed else done.missing


def sentence(table: str, done: Progress) -> str:
    """`orders: 3 of 1,000,000 rows differ`."""
    return f"{table}: {told(done)}"


def told(done: Progress) -> str:
    """The same without a name."""
    if done.overflowed:
        return f"at least {done.differing:,} rows differ; the rest was not looked at"
    rows = max(done.blue.rows, done.green.rows)
    noun = "row differs" if done.differing == 1 else "rows differ"
    words = f"{done.differing:,} of {rows:,} {noun}"
    return f"{words}, {done.moving:,} changed too often to tell" if done.moving else words
