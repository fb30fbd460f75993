"""The sentences, word for word: a tired person reads them at two in the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.judge import fresh, step
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn, Rule
from tests.domain.verdict.made import MINUTE, T0, last, reading, rule, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CAPTURED = Baseline(BaselineKind.CAPTURED)
FIVE_XX = rule("5xx", Unit.PERCENT, "fail when > 0.3 %")
P95 = rule("p95", Unit.MILLISECOND, "fail when > 500 ms", consecutive=2)
LAG = rule("CDC lag", Unit.SECOND, "fail when >= 5 s")
DELTA = rule(
    "p95",
    Unit.MILLISECOND,
    "fail when > +25 % vs baseline",
    baseline=CAPTURED,
    hold=10 * MINUTE,
    interval=seconds(10),
)
CONVERSION = rule("conversion", Unit.PERCENT, "fail when worse than -1 % vs blue")
AUTH = rule("auth success", Unit.PERCENT, "pass when within ±2 % of blue")
SHADOW = rule("shadow mismatch", Unit.PERCENT, "pass when < 0.1 %", hold=DAY, interval=4 * MINUTE)
STABLE = rule("p99", Unit.MILLISECOND, "pass when <= 400 ms", consecutive=3)
MOSTLY = rule("CDC lag", Unit.SECOND, "pass when < 2 s", hold=HOUR, fraction=0.95, interval=MINUTE)
RARELY = rule(
    "CDC lag", Unit.SECOND, "fail when > 5 s", hold=10 * MINUTE, fraction=0.2, interval=MINUTE
)
QUEUE = rule("warm-up", Unit.SECOND, "pass when between 10 and 20 s")
EMPTY = "no data: the query matched nothing"

TABLE: list[tuple[Rule, Sequence[float | None], float | None, str]] = [
    (FIVE_XX, [0.08], None, "5xx 0.08 %, below 0.3 %"),
    (FIVE_XX, [0.31], None, "5xx 0.31 %, above 0.3 %"),
    (FIVE_XX, [0.30001], None, "5xx 0.30001 %, above 0.3 %"),
    (FIVE_XX, [0.1 + 0.2], None, "5xx 0.3 %, exactly at 0.3 %, not above"),
    (LAG, [5], None, "CDC lag 5 s, exactly at 5 s"),
    (LAG, [0.41], None, "CDC lag 410 ms, below 5 s"),
    (P95, [512], None, "p95 512 ms, above 500 ms, 1 of 2 in a row"),
    (P95, [512, 530], None, "p95 530 ms, above 500 ms, 2 in a row, trips at 2"),
    (
        P95,
        [512, None],
        None,
        f"{EMPTY} (last reading 5 s ago was bad), paused at 1 of 2 in a row",
    ),
    (
        DELTA,
        [268] * 38,
        204,
        "p95 268 ms, +31 % over baseline 204 ms, above +25 % for 6 m 10 s of 10 m",
    ),
    (
        DELTA,
        [268] * 61,
        204,
        "p95 268 ms, +31 % over baseline 204 ms, above +25 % for 10 m, trips at 10 m",
    ),
    (
        DELTA,
        [268] * 61 + [260],
        204,
        "p95 260 ms, +27 % over baseline 204 ms, above +25 % for 10 m 10 s, trips at 10 m",
    ),
    (DELTA, [198], 204, "p95 198 ms, −2.9 % under baseline 204 ms, below +25 %"),
    (DELTA, [255], 204, "p95 255 ms, +25 % over baseline 204 ms, exactly at +25 %, not above"),
    (DELTA, [204], 204, "p95 204 ms, the same as baseline, below +25 %"),
    (
        DELTA,
        [268] * 7 + [None],
        204,
        f"{EMPTY} (last reading 10 s ago was bad), paused at 1 m of 10 m",
    ),
    (DELTA, [268], 0, "no data: the baseline is zero, nothing compares with it"),
    (DELTA, [268], None, "no data for the baseline: the query matched nothing"),
    (CONVERSION, [3.95], 4, "conversion 3.95 %, −1.2 % under BLUE 4 %, below −1 %"),
    (CONVERSION, [3.97], 4, "conversion 3.97 %, −0.75 % under BLUE 4 %, above −1 %"),
    (AUTH, [99.1], 99.5, "auth success 99.1 %, −0.4 % under BLUE 99.5 %, within ±2 %"),
    (AUTH, [97], 99.5, "auth success 97 %, −2.5 % under BLUE 99.5 %, outside ±2 %"),
    (SHADOW, [0.02] * 49, None, "shadow mismatch 0.02 %, below 0.1 % for 3 h 12 m of 24 h"),
    (SHADOW, [0.02] * 361, None, "shadow mismatch 0.02 %, below 0.1 % for 24 h, needed 24 h"),
    (SHADOW, [0.02, 0.4], None, "shadow mismatch 0.4 %, above 0.1 %; the 24 h start over"),
    (STABLE, [380, 390], None, "p99 390 ms, below 400 ms, 2 of 3 in a row"),
    (STABLE, [380] * 4, None, "p99 380 ms, below 400 ms, 4 in a row, needed 3"),
    (STABLE, [620], None, "p99 620 ms, above 400 ms, 1 of 3 in a row"),
    (
        MOSTLY,
        [1.2],
        None,
        "CDC lag 1.2 s; counting from now how long it is below 2 s, needed 95 % of 1 h",
    ),
    (
        MOSTLY,
        [1.2] * 33 + [3, 1.2],
        None,
        "CDC lag 1.2 s; below 2 s for 97.1 % of 34 m seen, needed 95 % of 1 h",
    ),
    (
        RARELY,
        [1, 7, 1, 1],
        None,
        "CDC lag 1 s; above 5 s for 33 % of 3 m seen, trips at 20 % of 10 m",
    ),
    (QUEUE, [14], None, "warm-up 14 s, between 10 s and 20 s"),
    (QUEUE, [24], None, "warm-up 24 s, not between 10 s and 20 s"),
    (DELTA, [198, None], 204, f"{EMPTY} (last good 10 s ago)"),
    (
        STABLE,
        [620, None],
        None,
        f"{EMPTY} (last reading 5 s ago was bad), paused at 1 of 3 in a row",
    ),
    (
        SHADOW,
        [0.2, None],
        None,
        f"{EMPTY} (last reading 4 m ago was bad)",
    ),
    (
        MOSTLY,
        [1.2, 1.2, None],
        None,
        f"{EMPTY} (last good 1 m ago); below 2 s for 100 % of 1 m seen, needed 95 % of 1 h",
    ),
]


@pytest.mark.parametrize(
    ("asked", "values", "reference", "sentence"), TABLE, ids=[row[3] for row in TABLE]
)
def test_sentence(
    asked: Rule, values: Sequence[float | None], reference: float | None, sentence: str
) -> None:
    assert last(asked, values, reference).sentence == sentence


def said(asked: Rule, evidence: Evidence) -> str:
    return step(asked, fresh(), evidence, None)[1].sentence


@pytest.mark.parametrize(
    ("long", "short", "words"),
    [
        (0.0151, 0.016, "burn 15x over 1 h, 16x over 5 m, both above 14x"),
        (0.0151, 0.003, "burn 15x over 1 h, 3x over 5 m, only one above 14x"),
        (0.00142, 0.0141, "burn 1.4x over 1 h, 14.1x over 5 m, only one above 14x"),
        (0.001, 0.0, "burn 1x over 1 h, 0x over 5 m, neither above 14x"),
    ],
)
def test_a_burn_names_both_windows(long: float, short: float, words: str) -> None:
    asked = rule("burn", Unit.TIMES, "fail when > 14x", burn=Burn(0.999, HOUR, 5 * MINUTE))
    assert said(asked, Evidence(T0, reading(long, T0), short=reading(short, T0))) == words


def test_a_budget_says_how_much_of_it_is_gone() -> None:
    asked = rule("error budget", Unit.PERCENT, "fail when > 50 %", budget=Budget(0.999, DAY))
    evidence = Evidence(T0, reading(0.002, T0), elapsed=timedelta(hours=4.32))
    assert said(asked, evidence) == "error budget 36 % burnt, below 50 %"


def test_too_few_samples_are_counted() -> None:
    asked = replace(FIVE_XX, min_samples=200)
    evidence = Evidence(T0, reading(0.9, T0), samples=reading(112, T0))
    assert said(asked, evidence) == "only 112 of 200 samples, too few to judge"
    almost = replace(evidence, samples=reading(199.8, T0))
    assert said(asked, almost) == "only 199.8 of 200 samples, too few to judge"
    unknown = replace(evidence, samples=None)
    assert said(asked, unknown) == "no data for the sample count: it was not read"


def test_old_answers_say_how_old() -> None:
    evidence = Evidence(T0, reading(0.1, T0 - timedelta(minutes=7)))
    assert said(FIVE_XX, evidence) == "no data: the newest sample is 7 m old, more than 5 m"


def test_a_bare_threshold_is_spoken_in_the_unit_of_the_check() -> None:
    bare = rule("rps", Unit.PER_SECOND, "fail when < 120")
    assert last(bare, [80.0]).sentence == "rps 80/s, below 120/s"
    ratio = rule("5xx", Unit.RATIO, "fail when > 0.003")
    assert last(ratio, [0.0008]).sentence == "5xx 0.08 %, below 0.3 %"
