"""Every rule of lint refuses what it is for, where it is, in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from migrations_app.domain.errors import ConfigError, Transient
from migrations_app.domain.lint.table import RULES, lint
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.problem import Severity
from tests.domain.lint.broken import BROKEN, Broken
from tests.domain.lint.plans import SEAMS, plan, problems
from tests.domain.plan.strategies import PLANS

if TYPE_CHECKING:
    from migrations_app.domain.plan.schema import Plan


def test_nothing_is_wrong_with_the_good_plan() -> None:
    assert problems(people={"ann", "bob", "cem"}) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: f"{one.code}-{one.path}")
def test_a_broken_plan_is_told(broken: Broken) -> None:
    found = problems(broken.edits, broken.seams, broken.people)
    told = [one for one in found if (one.code, one.path) == (broken.code, broken.path)]
    assert [one.severity for one in told] == [broken.severity]
    assert broken.words in told[0].sentence
    assert told[0].sentence.endswith((".", "?")) or "parse error" in told[0].sentence


def test_every_rule_has_a_plan_that_breaks_it() -> None:
    assert {rule.__name__ for rule in RULES} == {one.code for one in BROKEN}


def test_every_problem_is_told_once() -> None:
    found = [one for broken in BROKEN for one in [problems(broken.edits, broken.seams)]]
    assert all(len(set(one)) == len(one) for one in found)


def test_no_secret_is_ever_repeated() -> None:
    said = [str(one) for broken in BROKEN for one in problems(broken.edits)]
    assert said
    assert not [one for one in said if "hunter2" in one]


def test_references_are_not_judged_before_they_are_resolved() -> None:
    config = "environments.production.routes.web.config"
    assert problems({f"{config}.port": "${env:PORT}", f"{config}.pin": "${env:PIN}"}) == []


@pytest.mark.parametrize("trouble", [Transient("gone"), ConfigError("needs TOKEN", "config")])
def test_a_source_that_cannot_be_asked_is_a_warning(trouble: Exception) -> None:
    def silent(*_: object) -> str | None:
        raise trouble

    found = problems({}, replace(SEAMS, invalid=silent))
    assert {(one.code, one.severity) for one in found} == {("query_invalid", Severity.WARNING)}
    assert str(trouble) in found[0].sentence


@pytest.mark.parametrize("trouble", [Transient("gone"), ConfigError("needs TOKEN", "config")])
def test_a_driver_that_cannot_be_asked_is_one_warning(trouble: Exception) -> None:
    def silent(*_: object) -> str | None:
        raise trouble

    [found] = problems({}, replace(SEAMS, cannot=silent))
    assert (found.code, found.severity) == ("weight_impossible", Severity.WARNING)
    assert found.path == "environments.production.routes.web"
    assert str(trouble) in found.sentence


def test_a_query_that_cannot_be_filled_in_is_not_asked() -> None:
    edits = {"checks.0.query": "e{${var:x}}", "checks.1.query": "s[${windwo}]"}
    found = problems(edits, replace(SEAMS, invalid=lambda *_: "refused"))
    assert {one.code for one in found} == {"variable_unset", "placeholder_unknown"}


def test_a_source_is_asked_what_would_be_asked() -> None:
    asked: list[str] = []

    def invalid(_: object, text: str) -> str | None:
        asked.append(text)
        return None

    seams = replace(SEAMS, invalid=invalid)
    burn = {"slo": "availability", "long": "1h", "short": "5m"}
    one = {"name": "c", "source": "metrics", "query": "r[${window}]", "unit": "x", "observe": True}
    assert problems({"checks.2": {**one, "fail_when": "> 2x", "burn": burn}}, seams) == []
    assert asked == ['e{track="green"}[1m]', "s", "r[1h]", "r[5m]"]


def test_a_shadow_phase_needs_no_abort_criterion() -> None:
    shadow = {"phases.0.weights.web": 0, "abort.0.from_phase": "all"}
    assert problems(shadow) == []


def test_a_person_with_two_roles_fills_one_slot_only() -> None:
    assert problems({"roles.database": ["ann", "bob"]}) == []
    assert [one.code for one in problems({"roles.database": ["ann"]})] == ["gate_unreachable"]


@given(PLANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_the_plan_lint_answers(plan: Plan) -> None:
    for problem in lint(plan, SEAMS, {"ann"}):
        assert problem.sentence
        assert problem.code


def test_a_ready_made_check_is_as_good_as_one_written_out() -> None:
    lag = {"name": "lag", "source": "metrics", "use": "kafka_lag", "observe": True,
           "with": {"group": "${var:group}"}}  # fmt: skip
    edits = {"checks.2": lag, "environments.production.vars.group": "orders"}
    assert problems(edits) == []
    whole = bind(plan(edits), "production").whole()
    assert [one for one in lint(whole, SEAMS) if one.path == "checks[2]"] == []
