"""Names that stand for nothing, or for two things."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.problem import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Loc, Problem


def duplicate_name(case: Case) -> Iterator[Problem]:
    """Two parts of a kind with one name."""
    plan = case.plan
    yield from _twice("route", ("routes",), [route.name for route in plan.routes])
    yield from _twice("check", ("checks",), [check.name for check in plan.checks])
    yield from _twice("phase", ("phases",), [phase.name for phase in plan.phases])
    yield from _twice("abort criterion", ("abort",), [one.check for one in plan.abort])
    steps = [step.name for step in plan.rollback.steps]
    yield from _twice("rollback step", ("rollback", "steps"), steps)
    for index, phase in enumerate(plan.phases):
        steps = [step.name for step in phase.steps]
        yield from _twice("step", ("phases", index, "steps"), steps)


def _twice(noun: str, loc: Loc, names: Sequence[str]) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] == 2:
            yield error((*loc, index), f'There are two of the {noun} "{name}": rename one.')


def unknown_check(case: Case) -> Iterator[Problem]:
    """A gate or an abort criterion about a check the plan doesn't have."""
    known = case.checks()
    for loc, _, gate in case.gates():
        for index, name in enumerate(gate.checks):
            yield from _unknown("check", name, known, (*loc, "checks", index))
    for index, criterion in enumerate(case.plan.abort):
        yield from _unknown("check", criterion.check, known, ("abort", index, "check"))


def unknown_route(case: Case) -> Iterator[Problem]:
    """A weight, an order or a binding for a route the plan doesn't have."""
    known = [route.name for route in case.plan.routes]
    for index, phase in enumerate(case.plan.phases):
        for name in phase.weights:
            yield from _unknown("route", name, known, ("phases", index, "weights", name))
        for at, name in enumerate(phase.order):
            yield from _unknown("route", name, known, ("phases", index, "order", at))
    for loc, environment in case.environments():
        for name in environment.routes:
            yield from _unknown("route", name, known, (*loc, "routes", name))


def unknown_phase(case: Case) -> Iterator[Problem]:
    """An abort criterion about a phase the plan doesn't have."""
    known = [phase.name for phase in case.plan.phases]
    for index, criterion in enumerate(case.plan.abort):
        if criterion.from_phase is not None:
            loc: Loc = ("abort", index, "from_phase")
            yield from _unknown("phase", criterion.from_phase, known, loc)
        for at, name in enumerate(criterion.phases):
            yield from _unknown("phase", name, known, ("abort", index, "phases", at))


def unknown_source(case: Case) -> Iterator[Problem]:
    """A check of a source that an environment doesn't bind."""
    for name, environment in case.plan.environments.items():
        for index, check in enumerate(case.plan.checks):
            if check.source not in environment.sources:
                hint = nearest(check.source, environment.sources)
                yield error(
                    ("checks", index, "source"),
                    f'Check "{check.name}" reads the source "{check.source}", which the '
                    f'environment "{name}" does not have.{hint}',
                )


def unbound_route(case: Case) -> Iterator[Problem]:
    """A route that an environment doesn't bind to a driver."""
    for loc, environment in case.environments():
        for route in case.plan.routes:
            if route.name not in environment.routes:
                yield error(
                    (*loc, "routes"),
                    f'The environment "{loc[-1]}" does not say which driver moves the route '
                    f'"{route.name}": add it under `routes`.',
                )


def unknown_channel(case: Case) -> Iterator[Problem]:
    """Topics for a channel that an environment doesn't have."""
    everywhere = {name for _, one in case.environments() for name in one.channels}
    for name in case.plan.channels:
        yield from _unknown("channel", name, sorted(everywhere), ("channels", name))
        for loc, environment in case.environments():
            if name in everywhere and name not in environment.channels:
                yield warning(
                    (*loc, "channels"),
                    f'The environment "{loc[-1]}" has no channel "{name}": nothing is told there.',
                )


def unused(case: Case) -> Iterator[Problem]:
    """A check that binds nothing without saying so; a source nobody reads."""
    plan = case.plan
    binding = {one.check for one in plan.abort} | {n for _, _, g in case.gates() for n in g.checks}
    for index, check in enumerate(plan.checks):
        if check.name not in binding and not check.observe:
            yield warning(
                ("checks", index),
                f'Check "{check.name}" belongs to no gate and to no abort criterion. Add it to '
                "one, or say `observe: true` if it is only to be watched.",
            )
    read = {check.source for check in plan.checks}
    for loc, environment in case.environments():
        for name in environment.sources.keys() - read:
            yield warning((*loc, "sources", name), f'No check reads the source "{name}".')


def _unknown(noun: str, name: str, known: Collection[str], loc: Loc) -> Iterator[Problem]:
    if name not in known:
        yield error(loc, f'There is no {noun} "{name}".{nearest(name, known)}')
