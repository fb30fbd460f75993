"""docs/runbook.md knows every key, every word and every rule there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.comms.words import Audience, Impact, Stage
from migrations_app.domain.lint.table import RULES
from migrations_app.domain.plan.check import Budget, Burn, Check
from migrations_app.domain.plan.comms import Approval, Comms, Component, Window, Wording
from migrations_app.domain.plan.environment import (
    ChannelBinding,
    Environment,
    EnvironmentKind,
    RouteBinding,
    SourceBinding,
)
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.objectives import ErrorBudget, Objectives
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.phase import AbortPolicy, Action, Phase, Step, StepKind
from migrations_app.domain.plan.rollback import RollbackPlan, RollbackStep
from migrations_app.domain.plan.runbook import dump, load
from migrations_app.domain.plan.schema import AbortCriterion, Plan, Route, Topic
from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.rule import BaselineKind, OnNoData

if TYPE_CHECKING:
    from enum import StrEnum

    from pydantic import BaseModel

TEXT = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[a-z0-9_/%]+", " ".join(re.findall(r"`([^`\n]+)`", TEXT)), re.IGNORECASE))
MODELS: list[type[BaseModel]] = [
    *(Plan, Objectives, ErrorBudget, Route, Check, Burn, Budget, AbortCriterion, Phase, Step),
    *(Comms, Component, Wording, Window),
    *(Gate, RollbackPlan, RollbackStep, Environment, RouteBinding, SourceBinding, ChannelBinding),
]
VOCABULARIES: list[type[StrEnum]] = [
    *(Approval, Audience, Stage, Impact),
    *(Role, StepKind, Action, AbortPolicy, Topic, EnvironmentKind, Unit, BaselineKind, OnNoData),
]


@pytest.mark.parametrize("model", MODELS)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys - WORDS == set()


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_word_is_named(vocabulary: type[StrEnum]) -> None:
    assert {str(word) for word in vocabulary} - WORDS == set()


def test_the_rules_of_lint_are_listed_in_their_order() -> None:
    table = TEXT.partition("## Lint")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [one.__name__ for one in RULES]


def test_the_examples_in_it_can_be_loaded() -> None:
    examples = re.findall(r"^```yaml\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    roles, checks, comms = examples
    indented = "checks:\n" + checks
    plan = load(f"migration: m\ntitle: T\n{roles}{indented}{comms}")
    assert plan.checks[0].burn is not None
    assert plan.comms.window is not None
    assert load(dump(plan)) == plan
