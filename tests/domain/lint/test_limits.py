"""Exactly at the limit nothing is refused, and one refusal never hides the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.domain.lint.broken.base import check
from tests.domain.lint.plans import PRODUCTION, SEAMS, problems

if TYPE_CHECKING:
    from decimal import Decimal

RELATIVE = {"fail_when": "> 5 % vs baseline"}
SLOW = PRODUCTION | {"sources": {"metrics": {"kind": "fake", "interval": "60s"}}}


def codes(edits: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in problems(edits)]


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("abort_too_slow", {"checks.0.consecutive": 47}),
        ("rollback_too_slow", {"rollback.expected": "5m"}),
        ("rollback_sum", {"rollback.expected": "1m"}),
        ("interval_too_short", {"environments.production.sources.metrics.interval": "1s"}),
        ("hold_too_short", {"phases.0.hold": "4m"}),
        ("hold_too_short", {"phases.1.hold": "65s"}),
        ("deadline_too_short", {"phases.0.gate.deadline": "6s"}),
        (
            "steps_too_long",
            {"phases.0.gate.deadline": "1m", "phases.0.steps.0.expected": "6m"},
        ),
        ("auto_unchecked", {"phases.1.gate": {"auto_advance": True, "roles": ["dri"]}}),
        ("four_eyes_blind", {"phases.0.gate.four_eyes": True}),
        (
            "four_eyes_blind",
            {
                "roles.dri": ["ann", "dan"],
                "phases.1.gate": {"roles": ["dri"], "four_eyes": True},
            },
        ),
        ("auto_unchecked", {"phases.1.gate": {"auto_advance": True, "checks": ["errors"]}}),
        (
            "freeze_too_early",
            {"phases.1.point_of_no_return": True, "phases.1.abort_policy": "freeze"},
        ),
        ("baseline_of_green", check(**RELATIVE, baseline="captured", blue_query="b")),
        ("baseline_of_green", check(**RELATIVE, baseline={"offset": "1d", "query": "old"})),
        ("baseline_of_green", check(**RELATIVE, baseline="blue")),
        ("weight_range", {"routes.0.baseline": 0, "phases.1.weights.web": 100}),
        ("weight_goes_down", {"phases.1.weights.web": 50}),
        ("gate_unreachable", {"phases.0.gate.roles": {"database": 2}}),
        ("bad_objective", {"objectives.error_budget.share": "100 %"}),
        ("literal_secret", {"summary": "Ask http://${env:DB_USER}:${env:DB_PASSWORD}@db/"}),
        ("literal_secret", {"summary": "https://hooks.slack.com/services/${env:HOOK}"}),
        ("literal_secret", {"environments.production.vars.monkey": "x"}),
        ("literal_secret", {"environments.production.vars.routing_key": "orders"}),
        (
            "wait_without_time",
            {
                "phases.0.steps.0": {
                    "name": "x",
                    "kind": "action",
                    "action": "wait",
                    "expected": "1s",
                }
            },
        ),
        ("wait_without_time", {"phases.0.steps.0": {"name": "x"}}),
    ],
)
def test_what_is_just_within_the_limit_is_fine(code: str, edits: dict[str, Any]) -> None:
    assert code not in [found for found, _ in codes(edits)]


@pytest.mark.parametrize(
    ("expected", "edits"),
    [
        (
            [("deadline_too_short", "phases[1].gate.deadline")],
            {"phases.1.gate.deadline": "5s"},
        ),
        (
            [("gate_unreachable", f"phases[{at}].gate.quorum") for at in (0, 1)],
            {"phases.0.gate.quorum": 3, "phases.1.gate": {"roles": ["dri"], "quorum": 2}},
        ),
        (
            [("placeholder_empty", "checks[1]"), ("variable_unset", "checks[0].query")],
            {"checks.0.query": "${var:x}", "checks.1.query": "s[${window}]"},
        ),
        (
            [
                ("unknown_kind", "environments.production.routes.web"),
                ("config_invalid", "environments.production.channels.room.config.port"),
            ],
            {
                "environments.production.routes.web.driver": "x",
                "environments.production.channels.room.config.port": "many",
            },
        ),
    ],
)
def test_one_refusal_does_not_hide_the_next(
    expected: list[tuple[str, str]], edits: dict[str, Any]
) -> None:
    found = codes(edits)
    assert [one for one in expected if one not in found] == []


def test_a_driver_is_asked_about_every_share_and_nothing_else() -> None:
    asked: list[str] = []

    def cannot(_: object, weight: Decimal) -> str | None:
        asked.append(str(weight))
        return None

    edits = {"phases.0.weights": {"web": 101}, "phases.2": {"name": "x", "weights": {"other": 5}}}
    problems(edits, replace(SEAMS, cannot=cannot))
    assert asked == ["0", "100"]


def test_the_slowest_environment_counts() -> None:
    edits = {"environments.rehearsal": SLOW, "phases.0.gate.deadline": "60s"}
    found = codes(edits)
    assert ("deadline_too_short", "phases[0].gate.deadline") in found
    assert ("hold_too_short", "phases[1].hold") not in found


def test_the_slowest_source_of_a_gate_counts() -> None:
    edits = {
        "environments.production.sources.slow": {"kind": "fake", "interval": "30s"},
        "checks.1.source": "slow",
        "phases.0.gate.deadline": "20s",
    }
    assert codes(edits) == [("deadline_too_short", "phases[0].gate.deadline")]
