"""From checks to rules: what a runbook says is what is judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.check import Check
from migrations_app.domain.plan.environment import Environment
from migrations_app.domain.plan.rules import rule_of, rules_of, texts_of, thresholds
from migrations_app.domain.plan.runbook import load
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.quantity import Quantity, Unit
from migrations_app.domain.verdict.evidence import QueryTexts, questions
from migrations_app.domain.verdict.rule import BaselineKind, OnNoData, Polarity, Rule
from tests.domain.plan.test_roundtrip import BUILT_IN, built_in

HOUR = timedelta(hours=1)
PLAN = Plan.model_validate(
    {
        "migration": "m",
        "title": "T",
        "objectives": {
            "slo": {"availability": "99.9 %", "p99": "400 ms"},
            "rpo": "5s",
            "rto": "2m",
        },
    }
)
ENVIRONMENT = Environment.model_validate(
    {"kind": "production", "sources": {"s": {"kind": "fake", "interval": "2s"}}}
)


def check(**given: Any) -> Check:
    return Check.model_validate({"name": "c", "source": "s", "query": "q", "unit": "s"} | given)


def rule(**given: Any) -> Rule:
    return rule_of(check(**given), PLAN, ENVIRONMENT)


def test_everything_a_check_says_is_in_its_rule() -> None:
    found = rule(
        unit="ms",
        fail_when="> +25 % vs baseline",
        window="5m",
        hold="10m",
        baseline={"offset": "1d"},
        min_samples=200,
        on_no_data="rollback",
        observe=True,
    )
    assert (found.name, found.unit, found.polarity) == ("c", Unit.MILLISECOND, Polarity.FAIL_WHEN)
    assert (found.interval, found.window) == (timedelta(seconds=2), timedelta(minutes=5))
    assert (found.hold, found.consecutive) == (timedelta(minutes=10), 1)
    assert found.versus is BaselineKind.OFFSET
    assert found.min_samples == 200
    assert found.on_no_data is OnNoData.ROLLBACK
    assert found.observe


def test_a_fraction_is_a_share_of_the_hold() -> None:
    assert rule(pass_when="< 2 s", hold="30m", fraction="95 %").fraction == 0.95


@pytest.mark.parametrize("slo", ["availability", "slo.availability", "99.9 %", "0.999 ratio"])
def test_an_slo_is_named_or_written(slo: str) -> None:
    found = rule(
        unit="x", fail_when="> 14x", burn={"slo": slo, "long": "1h", "short": "5m"}, query="q"
    )
    assert found.burn is not None
    assert found.burn.slo == pytest.approx(0.999)


def test_a_budget_has_its_slo_and_window() -> None:
    found = rule(unit="%", fail_when="> 20 %", budget={"slo": "availability", "window": "30d"})
    assert found.budget is not None
    assert found.budget.window == timedelta(days=30)


def test_objectives_are_thresholds() -> None:
    assert thresholds(PLAN.objectives) == {
        "slo.availability": Quantity(99.9, Unit.PERCENT),
        "slo.p99": Quantity(400.0, Unit.MILLISECOND),
        "rpo": Quantity(5.0, Unit.SECOND),
        "rto": Quantity(120.0, Unit.SECOND),
    }


def test_a_threshold_may_be_an_objective() -> None:
    assert rule(fail_when="> rpo").condition.limit == Quantity(5.0, Unit.SECOND)
    assert rule(pass_when="<= slo.p99").condition.limit == Quantity(400.0, Unit.MILLISECOND)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fail_when": "more than 5 s"}, "is not a condition"),
        ({"fail_when": "> 5 %"}, "can't be turned into s"),
        ({"fail_when": "> slo.p98"}, 'did you mean "slo.p99"'),
        ({"fail_when": "> 5 s", "source": "x"}, 'there is no source "x" here'),
        ({"fail_when": "> 5 s", "hold": "1m", "fraction": "95"}, "needs its unit"),
        ({"fail_when": "> 5 s", "hold": "1m", "fraction": "150 %"}, "between 0 and 100 %"),
        ({"fail_when": "> 5 % vs baseline"}, "needs a baseline"),
        (
            {"fail_when": "> 2x", "unit": "x", "burn": {"slo": "99", "long": "1h", "short": "5m"}},
            "unit",
        ),
        (
            {
                "fail_when": "> 2x",
                "unit": "x",
                "burn": {"slo": "99 %", "long": "5m", "short": "1h"},
            },
            "short window within a longer one",
        ),
    ],
)
def test_what_means_nothing_is_a_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule(**given)


def test_all_queries_are_handed_on() -> None:
    found = texts_of(
        check(
            fail_when="> 1 % vs baseline",
            blue_query="b",
            samples_query="n",
            baseline={"kind": "captured", "query": "old"},
        )
    )
    assert found == QueryTexts(value="q", blue="b", samples="n", baseline="old")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_check_of_the_built_in_runbooks_can_be_asked(name: str) -> None:
    plan = load(built_in(name))
    for environment in plan.environments:
        bound = bind(plan, environment)
        for found in rules_of(bound).values():
            asked = questions(found, texts_of(bound.check(found.name)), HOUR)
            assert asked
            assert all("${" not in query.text for query in asked)
