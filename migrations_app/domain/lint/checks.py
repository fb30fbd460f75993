"""Checks: rules that mean something, and that can be compared with what they want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.environment import Environment
    from migrations_app.domain.plan.problem import Problem
    from migrations_app.domain.verdict.rule import Rule


def rule_meaningless(case: Case) -> Iterator[Problem]:
    """A condition that can't be read, or parts of a rule that don't fit together."""
    for _, environment in case.environments():
        for index, check in enumerate(case.plan.checks):
            try:
                if check.source in environment.sources:
                    rule_of(check, case.plan, environment)
            except ValueError as wrong:
                yield error(("checks", index), f'Check "{check.name}": {wrong}')


def no_blue_query(case: Case) -> Iterator[Problem]:
    """A rule that compares with BLUE and doesn't say how BLUE is measured."""
    for one in judged(case):
        if one.rule.versus is BaselineKind.BLUE and one.check.blue_query is None:
            yield error(
                ("checks", one.index),
                f'Check "{one.check.name}" compares with BLUE: say how, with a `blue_query`.',
            )


def baseline_of_green(case: Case) -> Iterator[Problem]:
    """A baseline that would be read from GREEN before GREEN had traffic."""
    for one in judged(case):
        given = one.check.baseline
        if given is None or one.rule.versus not in {BaselineKind.CAPTURED, BaselineKind.OFFSET}:
            continue
        if one.check.blue_query is None and given.query is None:
            yield warning(
                ("checks", one.index, "baseline"),
                f'The baseline of "{one.check.name}" would be read with its own query, about a '
                "time when GREEN had no traffic. Give it a `blue_query`, or a `query` of its own.",
            )


def samples_uncounted(case: Case) -> Iterator[Problem]:
    """`min_samples` without a query that counts them, or the other way round."""
    for index, check in enumerate(case.plan.checks):
        if check.min_samples is not None and check.samples_query is None:
            yield error(
                ("checks", index, "min_samples"),
                f'Check "{check.name}" wants {check.min_samples} samples: say how they are '
                "counted, with a `samples_query`.",
            )
        if check.samples_query is not None and check.min_samples is None:
            yield warning(
                ("checks", index, "samples_query"),
                f'Check "{check.name}" counts its samples, but not how many it needs: say '
                "`min_samples`.",
            )


@dataclass(frozen=True, slots=True)
class Judged:
    """A check whose rule means something, in one environment that can read it."""

    index: int
    check: Check
    rule: Rule
    name: str
    environment: Environment


def judged(case: Case) -> Iterator[Judged]:
    """Every check in every environment, without those that `rule_meaningless` tells of."""
    for name, environment in case.plan.environments.items():
        for index, check in enumerate(case.plan.checks):
            rule = _rule(case, check, environment)
            if rule is not None:
                yield Judged(index, check, rule, name, environment)


def _rule(case: Case, check: Check, environment: Environment) -> Rule | None:
    try:
        return rule_of(check, case.plan, environment)
    except ValueError:
        return None
