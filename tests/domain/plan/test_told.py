"""What a plan says in words: nothing that counts is left out, whatever was written."""

from __future__ import annotations

from typing import Any

import pytest

from migrations_app.domain.plan.check import Check
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.objectives import Objectives
from migrations_app.domain.plan.told import agreement_told, rule_told, terms_told

PROMISES = Objectives.model_validate({"slo": {"p95": "250 ms"}, "rto": "2m"})


def check(**more: Any) -> Check:
    return Check.model_validate({"name": "x", "source": "m", "query": "q", "unit": "ms"} | more)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"fail_when": "> 300 ms"}, "fails > 300 ms"),
        ({"pass_when": "< 2 ms"}, "passes < 2 ms"),
        ({"fail_when": "> slo.p95"}, "fails > 250 ms"),
        ({"fail_when": "> slo.nobody"}, "fails > slo.nobody"),
        ({"fail_when": "> +25 % vs blue"}, "fails > +25 % vs blue"),
    ],
)
def test_a_rule_says_its_value(given: dict[str, Any], told: str) -> None:
    assert rule_told(check(**given), PROMISES) == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ()),
        ({"window": "5m", "hold": "10m"}, ("over 5 m", "stays so for 10 m")),
        ({"hold": "1h", "fraction": "95 %"}, ("stays so for 95 % of 1 h",)),
        ({"consecutive": 2}, ("2 evaluations in a row",)),
        ({"min_samples": 20}, ("from 20 samples",)),
        ({"baseline": "captured"}, ("against its value at the start",)),
        ({"baseline": {"offset": "1d"}}, ("against 24 h ago",)),
        ({"baseline": "blue"}, ("against BLUE now",)),
        ({"on_no_data": "rollback"}, ("no data rolls back",)),
        ({"unit": "x", "burn": {"slo": "99 %", "long": "1h", "short": "5m"}},
         ("over 1 h and 5 m at once",)),
        ({"unit": "%", "budget": {"slo": "99 %", "window": "30d"}}, ("of the budget of 30 d",)),
    ],
)  # fmt: skip
def test_time_samples_and_references_are_all_told(
    given: dict[str, Any], told: tuple[str, ...]
) -> None:
    assert terms_told(check(fail_when="> 1", **given)) == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ""),
        ({"roles": ["dri", "comms_lead"]}, "dri, comms lead"),
        ({"roles": {"dri": 1, "database": 2}}, "dri, 2 of database"),
        ({"roles": ["dri", "database"], "quorum": 1}, "1 of 2: dri, database"),
        ({"roles": ["dri", "database"], "four_eyes": True}, "dri, database; four eyes"),
        ({"four_eyes": True}, "anybody who is not the decider"),
    ],
)
def test_who_has_to_agree(given: dict[str, Any], told: str) -> None:
    assert agreement_told(Gate.model_validate(given)) == told
