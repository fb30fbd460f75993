"""People: every role that is needed is held, by somebody who exists, and gates can be agreed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error
from migrations_app.domain.lint.signatures import most_signatures
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.states import WHO, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Loc, Problem


def vacant_role(case: Case) -> Iterator[Problem]:
    """A role that something depends on and nobody has."""
    for loc, role, why in _needed(case):
        if not case.plan.roles.get(role):
            yield error(loc, f"Nobody has the role {role}, {why}: name somebody under `roles`.")


def _needed(case: Case) -> Iterator[tuple[Loc, Role, str]]:
    plan = case.plan
    yield ("roles", Role.DRI.value), Role.DRI, "and only the DRI can start and say Go"
    for role in plan.roles.keys() - {Role.DRI}:
        yield ("roles", role.value), role, "although the plan lists it"
    for loc, index, gate in case.gates():
        for role in gate.roles:
            why = f'whose sign-off the gate of "{plan.phases[index].name}" needs'
            yield (*loc, "roles"), role, why
    for index, phase in enumerate(plan.phases):
        for at, step in enumerate(phase.steps):
            yield ("phases", index, "steps", at, "owner"), step.owner, f'owner of "{step.name}"'
    for at, back in enumerate(plan.rollback.steps):
        yield ("rollback", "steps", at, "owner"), back.owner, f'owner of "{back.name}"'


def unknown_person(case: Case) -> Iterator[Problem]:
    """A user name that nobody has."""
    if case.people is None:
        return
    for role, names in case.plan.roles.items():
        for index, name in enumerate(names):
            if name not in case.people:
                hint = nearest(name, sorted(case.people)) if len(case.people) <= 20 else ""
                yield error(("roles", role.value, index), f'There is no user "{name}".{hint}')


def gate_silent_role(case: Case) -> Iterator[Problem]:
    """A gate that waits for a role which does not sign off."""
    for loc, _, gate in case.gates():
        for role in gate.roles:
            if role not in WHO[Verb.SIGN_OFF]:
                yield error((*loc, "roles"), f"The role {role} watches and never signs off.")


def gate_unreachable(case: Case) -> Iterator[Problem]:
    """A gate that asks for more sign-offs than there are people to give them."""
    for loc, index, gate in case.gates():
        slots, name = sum(gate.roles.values()), case.plan.phases[index].name
        if gate.needed > slots:
            yield error(
                (*loc, "quorum"),
                f'The gate of "{name}" wants {gate.needed} sign-offs, but its roles give {slots}.',
            )
            continue
        most = most_signatures(gate.roles, case.plan.roles)
        if most < gate.needed and all(case.plan.roles.get(role) for role in gate.roles):
            yield error(
                (*loc, "roles"),
                f'The gate of "{name}" wants sign-offs from {gate.needed} different people, but '
                f"only {most} can give one: name more people under `roles`.",
            )
