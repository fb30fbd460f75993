"""A runbook is a plan as YAML: `load`, `dump`, and back without loss. Comments are not kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migrations_app.domain.plan import yaml_write
from migrations_app.domain.plan.explain import place, sentence
from migrations_app.domain.plan.fold_up import folded
from migrations_app.domain.plan.problem import Problem, RunbookError, dotted
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.plan.yaml_read import Document, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Runbook:
    """A plan and the text it came from, so that later findings can name a line."""

    plan: Plan
    document: Document

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems found later, with their lines, in the order of the text."""
        lines = {dotted(loc): line for loc, line in self.document.lines.items()}
        found = (replace(one, line=lines[_known(one.path, lines)]) for one in problems)
        return sorted(found, key=lambda one: one.line or 0)


def load(text: str) -> Plan:
    """The plan in `text`. `RunbookError` with every problem, by line."""
    return open_runbook(text).plan


def dump(plan: Plan, *, in_full: bool = False) -> str:
    """The plan as YAML: what is not at its default, in the order of the schema.

    A check that came from a ready-made one is that word again, unless `in_full` is asked for.
    """
    data = plan.model_dump(mode="json", exclude_defaults=True)
    if plan.checks and not in_full:
        data["checks"] = [folded(check) for check in plan.checks]
    return yaml_write.write(data)


def open_runbook(text: str) -> Runbook:
    """Like `load`, and remembers lines."""
    document = read(text)
    if not isinstance(document.data, dict):
        raise RunbookError([Problem("", "must be a mapping: `migration: …`, `title: …`.", 1)])
    try:
        return Runbook(Plan.model_validate(document.data), document)
    except ValidationError as error:
        raise RunbookError(_explained(error, document)) from None


def _known(path: str, lines: Mapping[str, int]) -> str:
    """The innermost thing around `path` that the text holds."""
    around = (one for one in lines if not one or f"{path}.".startswith((f"{one}.", f"{one}[")))
    return max(around, key=len)


def _explained(error: ValidationError, document: Document) -> list[Problem]:
    details = error.errors(include_url=False)
    found = [(place(one), sentence(one, Plan)) for one in details]
    problems = {Problem(dotted(loc), text, document.line(loc)) for loc, text in found}
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.path))
