from __future__ import annotations

from datetime import timedelta

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.domain.verdict.evidence import (
    QueryTexts,
    baseline_question,
    gather,
    questions,
)
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn, Rule
from tests.domain.verdict.made import MINUTE, T0, rule, seconds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXTS = QueryTexts(
    value='err{track="green"}[$window]', blue='err{track="blue"}[${window}]', samples="n[$window]"
)


def relative(baseline: Baseline) -> Rule:
    return rule("p95", Unit.SECOND, "fail when > +9 % vs baseline", baseline=baseline)


OFFSET = relative(Baseline(BaselineKind.OFFSET, DAY))
CAPTURED = relative(Baseline(BaselineKind.CAPTURED))
BURN = rule("burn", Unit.TIMES, "fail when > 14x", burn=Burn(0.999, HOUR, 5 * MINUTE))
BUDGET = rule("budget", Unit.PERCENT, "fail when > 50 %", budget=Budget(0.999, DAY))
PLAIN = rule("5xx", Unit.RATIO, "fail when > 0.3 %", min_samples=200)


def asked(given: Rule, texts: QueryTexts, elapsed: timedelta = HOUR) -> dict[str, str]:
    return {query.key: query.text for query in questions(given, texts, elapsed)}


def answer(key: str, value: float = 1) -> Reading:
    return Reading(key, "q", Outcome.OK, value, T0)


def test_asks_for_green_blue_and_the_samples_over_the_window() -> None:
    assert asked(PLAIN, TEXTS) == {
        "5xx:value": 'err{track="green"}[5m]',
        "5xx:blue": 'err{track="blue"}[5m]',
        "5xx:samples": "n[5m]",
    }
    assert asked(PLAIN, QueryTexts("lag")) == {"5xx:value": "lag"}


def test_a_burn_rate_asks_the_same_over_two_windows_and_blue_over_the_short_one() -> None:
    assert asked(BURN, TEXTS) == {
        "burn:value": 'err{track="green"}[1h]',
        "burn:short": 'err{track="green"}[5m]',
        "burn:blue": 'err{track="blue"}[5m]',
        "burn:samples": "n[1h]",
    }
    both = QueryTexts("a[$long] / b[$short]")
    assert asked(BURN, both)["burn:value"] == "a[1h] / b[5m]"


def test_a_budget_asks_over_the_time_elapsed_but_never_beyond_its_window() -> None:
    texts = QueryTexts("err[$elapsed]")
    assert asked(BUDGET, texts, timedelta(minutes=90)) == {"budget:value": "err[1h30m]"}
    assert asked(BUDGET, texts, 9 * DAY) == {"budget:value": "err[24h]"}
    assert asked(BUDGET, texts, seconds(0)) == {"budget:value": "err[1ms]"}


def test_a_baseline_at_an_offset_is_asked_of_the_side_that_had_the_traffic() -> None:
    expected = Query("p95:baseline", 'err{track="blue"}[5m]', DAY)
    assert questions(OFFSET, TEXTS, HOUR)[-1] == expected
    assert baseline_question(OFFSET, QueryTexts("green"), HOUR).text == "green"
    own = QueryTexts("green", blue="blue", baseline="yesterday")
    assert baseline_question(OFFSET, own, HOUR).text == "yesterday"


def test_a_captured_baseline_is_asked_once_and_for_now() -> None:
    assert "p95:baseline" not in asked(CAPTURED, TEXTS)
    assert baseline_question(CAPTURED, TEXTS, HOUR).offset == timedelta(0)


def test_dollars_that_are_not_ours_stay() -> None:
    query = r'label_replace(up{job=~"a|b$"}, "x", "$1", "y", "(.*)") + $windowed'
    assert asked(PLAIN, QueryTexts(query)) == {"5xx:value": query}


@pytest.mark.parametrize("placeholder", ["$long", "${short}"])
def test_refuses_a_placeholder_the_rule_gives_no_meaning(placeholder: str) -> None:
    with pytest.raises(ValueError, match=r'query of "5xx" uses \$(long|short)'):
        questions(PLAIN, QueryTexts(f"err[{placeholder}]"), HOUR)


def test_refuses_an_empty_window() -> None:
    gauge = rule("lag", Unit.SECOND, "fail when > 5 s", window=seconds(0))
    with pytest.raises(ValueError, match=r"\$window"):
        questions(gauge, TEXTS, HOUR)


def test_gathers_its_own_answers_from_many() -> None:
    others = [answer("p99:value", 9), answer("5xx:value"), answer("5xx:blue", 2)]
    evidence = gather(PLAIN, [*others, answer("5xx:samples", 500)], T0, elapsed=HOUR)
    assert (evidence.at, evidence.elapsed) == (T0, HOUR)
    assert evidence.value == answer("5xx:value")
    assert evidence.blue == answer("5xx:blue", 2)
    assert evidence.samples == answer("5xx:samples", 500)
    assert (evidence.baseline, evidence.short) == (None, None)


def test_a_question_without_an_answer_is_an_error() -> None:
    evidence = gather(PLAIN, [], T0)
    assert evidence.value.outcome is Outcome.ERROR
    assert "no answer" in evidence.value.detail


def test_finds_the_baseline_where_its_kind_says() -> None:
    found = [answer("p95:baseline", 1), answer("p95:blue", 2)]
    captured = answer("kept", 3)
    blue = relative(Baseline(BaselineKind.BLUE))
    references = [gather(given, found, T0, captured).baseline for given in (OFFSET, blue, CAPTURED)]
    assert references == [found[0], found[1], captured]
    assert gather(PLAIN, found, T0, captured).baseline is None


def test_every_question_is_gathered_again() -> None:
    for given in (PLAIN, BURN, BUDGET, OFFSET):
        readings = [answer(query.key) for query in questions(given, TEXTS, HOUR)]
        evidence = gather(given, readings, T0)
        gathered = {
            evidence.value,
            evidence.short,
            evidence.blue,
            evidence.samples,
            evidence.baseline,
        }
        assert gathered - {None} == set(readings)
