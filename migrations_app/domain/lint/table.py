"""Every rule of lint, in the order in which people want to read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from migrations_app.domain.lint import (
    aborts,
    bindings,
    checks,
    comms,
    gates,
    holds,
    names,
    no_return,
    people,
    planes,
    queries,
    ready,
    rollback,
    secrets,
    shape,
    steps,
    weights,
)
from migrations_app.domain.lint.base import Case

if TYPE_CHECKING:
    from collections.abc import Collection

    from migrations_app.domain.lint.base import Look
    from migrations_app.domain.lint.seams import Seams
    from migrations_app.domain.plan.problem import Problem
    from migrations_app.domain.plan.schema import Plan

RULES: Final[tuple[Look, ...]] = (
    secrets.literal_secret,
    shape.incomplete,
    shape.no_objectives,
    shape.bad_objective,
    names.duplicate_name,
    names.unknown_check,
    names.unknown_route,
    names.unknown_phase,
    names.unknown_source,
    names.unbound_route,
    names.unknown_channel,
    names.unused,
    people.vacant_role,
    people.unknown_person,
    people.gate_silent_role,
    people.gate_unreachable,
    aborts.no_abort,
    aborts.abort_observes,
    aborts.abort_range,
    aborts.abort_too_slow,
    aborts.unprotected_phase,
    aborts.no_data_unheard,
    rollback.no_rollback_plan,
    rollback.rollback_too_slow,
    rollback.rollback_sum,
    weights.weight_range,
    weights.weight_impossible,
    planes.mirror_impossible,
    planes.slow_way_back,
    weights.weight_goes_down,
    weights.never_complete,
    holds.hold_too_short,
    holds.deadline_too_short,
    holds.steps_too_long,
    gates.auto_unchecked,
    gates.four_eyes_blind,
    no_return.rollback_past_no_return,
    no_return.freeze_too_early,
    no_return.no_return_unattended,
    steps.step_not_executable,
    steps.wait_without_time,
    steps.step_untimed,
    comms.template_variable,
    comms.template_leaks,
    comms.updates_unowned,
    comms.updates_too_often,
    checks.rule_meaningless,
    checks.no_blue_query,
    checks.baseline_of_green,
    checks.samples_uncounted,
    ready.ready_rewritten,
    ready.variable_breaks_out,
    planes.past_unknown,
    queries.placeholder_unknown,
    queries.placeholder_empty,
    queries.variable_unset,
    queries.query_invalid,
    bindings.unknown_kind,
    bindings.config_invalid,
    bindings.reference_malformed,
    bindings.interval_too_short,
)


def lint(plan: Plan, seams: Seams, people: Collection[str] | None = None) -> list[Problem]:
    """Everything that is wrong with `plan`, each problem once, with the rule's name as its code.

    `people` are the user names that exist; None when that isn't known. Nothing is raised for a bad
    plan; what `seams` raises beyond `SeamError` and `ConfigError` is a bug there.
    """
    case = Case(plan, seams, None if people is None else frozenset(people))
    found = (replace(one, code=look.__name__) for look in RULES for one in look(case))
    return list(dict.fromkeys(found))
