"""The rules people really write on the eve of a migration, reading by reading."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.quantity import Quantity, Unit
from migrations_app.domain.verdict.condition import parse_condition
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Polarity, Rule
from tests.domain.verdict.made import MINUTE, letters, rule, seconds, verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = timedelta(hours=1)
CAPTURED = Baseline(BaselineKind.CAPTURED)

FIVE_XX = rule("5xx", Unit.PERCENT, "fail when > 0.3 %")
FIVE_XX_RATIO = rule("5xx", Unit.RATIO, "fail when > 0.3 %")
P95_TWICE = rule("p95", Unit.MILLISECOND, "fail when > 500 ms", consecutive=2)
P95_DELTA = rule(
    "p95",
    Unit.MILLISECOND,
    "fail when > +25 % vs baseline",
    baseline=CAPTURED,
    hold=10 * MINUTE,
    interval=seconds(30),
)
LAG_SUSTAINED = rule(
    "CDC lag", Unit.SECOND, "fail when > 5 s", hold=3 * MINUTE, interval=seconds(30)
)
LAG_MOSTLY = rule(
    "CDC lag",
    Unit.SECOND,
    "pass when < 2 s",
    hold=10 * MINUTE,
    fraction=0.95,
    interval=seconds(30),
)
CONVERSION = rule(
    "conversion",
    Unit.PERCENT,
    "fail when worse than −1 % vs blue",
    hold=10 * MINUTE,
    interval=MINUTE,
)
ROWS = rule("rows", Unit.COUNT, "pass when within ±0 % of blue")
AUTH = rule("auth success", Unit.PERCENT, "pass when within ±2 % of blue")
SHADOW = rule("shadow mismatch", Unit.PERCENT, "pass when < 0.1 %", hold=24 * HOUR, interval=HOUR)
P99 = Rule(
    "p99",
    Unit.MILLISECOND,
    parse_condition("<= slo.p99").resolve({"slo.p99": Quantity(0.4, Unit.SECOND)}),
    Polarity.PASS_WHEN,
    seconds(5),
    5 * MINUTE,
)

TABLE: list[tuple[str, Rule, Sequence[float | None], float | None, str]] = [
    ("5xx > 0.3 % is strict", FIVE_XX, [0.08, 0.3, 0.1 + 0.2, 0.31, 0.3], None, "PPPFP"),
    ("5xx a hair above", FIVE_XX, [0.3, 0.300001], None, "PF"),
    ("5xx as a ratio", FIVE_XX_RATIO, [0.0008, 0.003, 3 / 1000, 0.0031], None, "PPPF"),
    ("5xx: no traffic is no data", FIVE_XX, [0.08, None, 0.08], None, "P?P"),
    ("p95 twice", P95_TWICE, [500, 501, 499, 501, 502, 700, 500], None, "P.P.FFP"),
    ("p95 twice around a gap", P95_TWICE, [501, None, None, None, 501], None, ".???F"),
    ("p95 delta at exactly +25 %", P95_DELTA, [250] * 30, 200, "P" * 30),
    ("p95 delta for 10 m", P95_DELTA, [251] * 22 + [250], 200, "." * 20 + "FFP"),
    ("p95 delta recovers", P95_DELTA, [251] * 20 + [240, 251], 200, "." * 20 + "P."),
    ("p95 delta, one gap", P95_DELTA, [251, None, *[251] * 21], 200, ".?" + "." * 20 + "F"),
    ("p95 delta without baseline", P95_DELTA, [251] * 22, None, "?" * 22),
    ("p95 delta, baseline zero", P95_DELTA, [251] * 22, 0, "?" * 22),
    ("lag at exactly 5 s", LAG_SUSTAINED, [5.0] * 8, None, "P" * 8),
    ("lag sustained 3 m", LAG_SUSTAINED, [5.1] * 8 + [5.0], None, "......FFP"),
    ("lag spikes", LAG_SUSTAINED, ([9] * 6 + [1]) * 2, None, "......P......P"),
    ("lag mostly low", LAG_MOSTLY, [1] * 22, None, "." * 19 + "PPP"),
    ("lag low, 5 % spent", LAG_MOSTLY, [1] * 9 + [3] + [1] * 12, None, "." * 20 + "PP"),
    ("lag at 2 s is not below", LAG_MOSTLY, [1, 1, 2, 2], None, "...F"),
    ("lag too high too often", LAG_MOSTLY, [1, 3, 1, 3, 1], None, "...FF"),
    ("conversion −1 % exactly", CONVERSION, [3.96] * 15, 4.0, "P" * 15),
    ("conversion worse for 10 m", CONVERSION, [3.95] * 12, 4.0, "." * 10 + "FF"),
    ("conversion better", CONVERSION, [4.4] * 12, 4.0, "P" * 12),
    ("one row of ten billion", ROWS, [1e10, 1e10 - 1], 1e10, "PF"),
    ("auth ±2 %", AUTH, [98, 96.04, 96.03, 99.96, 99.97], 98, "PPFPF"),
    ("shadow for 24 h", SHADOW, [0.02] * 26, None, "." * 24 + "PP"),
    (
        "shadow at 0.1 % restarts",
        SHADOW,
        [0.02] * 20 + [0.1] + [0.02] * 25,
        None,
        "." * 20 + "F" + "." * 24 + "P",
    ),
    (
        "shadow pauses for a gap",
        SHADOW,
        [0.02] * 12 + [None] + [0.02] * 14,
        None,
        "." * 12 + "?" + "." * 13 + "P",
    ),
    (
        "shadow, long gap restarts",
        SHADOW,
        [0.02] * 12 + [None] * 2 + [0.02] * 25,
        None,
        "." * 12 + "??" + "." * 24 + "P",
    ),
    ("p99 within SLO", P99, [399, 400, 400.001, 400], None, "PPFP"),
]


@pytest.mark.parametrize(
    ("asked", "values", "reference", "expected"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_seed_rule(
    asked: Rule, values: Sequence[float | None], reference: float | None, expected: str
) -> None:
    assert letters(verdicts(asked, values, reference)) == expected
