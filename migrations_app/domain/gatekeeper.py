"""What a gate still waits for. The screen and the decision ask the same function."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.words import named

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import timedelta

    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.people import Role


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One required check as the judge left it. `age`: since its last evaluation, None if never.

    `patience`: how old it may be and still count as fresh (two intervals of its source).
    """

    name: str
    status: str
    sentence: str
    age: timedelta | None
    patience: timedelta


@dataclass(frozen=True, slots=True)
class Need:
    """Something Go waits for. `overridable`: the DRI may go over it, by name and with a reason."""

    code: str
    name: str
    sentence: str
    overridable: bool = False


def check_needs(facts: Sequence[CheckFact]) -> list[Need]:
    """Checks that do not pass, and passes that are too old to believe."""
    return [need for fact in facts if (need := _check_need(fact)) is not None]


def _check_need(fact: CheckFact) -> Need | None:
    if fact.age is None or fact.age > fact.patience:
        return Need("stale", fact.name, f"{fact.name} has no fresh verdict")
    if fact.status == "PASS":
        return None
    sentence = named(fact.name, fact.sentence)
    return Need(fact.status.lower(), fact.name, sentence, overridable=fact.status == "FAIL")


def missing_roles(gate: Gate, signed: Collection[Role], decider: Role | None = None) -> list[Role]:
    """Roles whose sign-off is still wanted; empty when the quorum is reached.

    `signed`: one role per person who signed. `decider`: a role that signs by deciding (the DRI
    saying Go), if that role has not signed yet.
    """
    have = Counter(signed)
    if decider in gate.roles and not have[decider]:
        have[decider] += 1
    filled = sum(min(have[role], wanted) for role, wanted in gate.roles.items())
    if filled >= gate.needed:
        return []
    return [r for r, wanted in gate.roles.items() for _ in range(wanted - min(have[r], wanted))]


def role_needs(gate: Gate, signed: Collection[Role], decider: Role | None = None) -> list[Need]:
    """The sign-offs that are missing, one need per role."""
    lacking = Counter(missing_roles(gate, signed, decider))
    return [
        Need("sign_off", role, f"{role.replace('_', ' ')} has not signed off") for role in lacking
    ]


def eyes_needs(gate: Gate, signers: Collection[str], decider: str | None) -> list[Need]:
    """The second pair of eyes that is missing where a gate asks for one.

    `signers`: the names of those who signed. `decider`: who says Go, None where nobody does.
    """
    wanted = 2 if decider is None else 1
    if not gate.four_eyes or len(set(signers) - {decider}) >= wanted:
        return []
    whose = f"somebody other than {decider}" if decider else f"{wanted} different people"
    return [Need("four_eyes", "four_eyes", f"{whose} must sign off: this gate takes four eyes")]


def step_needs(steps: Sequence[str], done: Collection[str]) -> list[Need]:
    """Steps of the phase that nobody has completed."""
    return [Need("step", s, f'step "{s}" is not done') for s in steps if s not in done]


def route_needs(trouble: Mapping[str, str]) -> list[Need]:
    """Routes that are not where they ought to be; `trouble` says how, per route."""
    return [Need("route", name, f"{name}: {sentence}") for name, sentence in trouble.items()]


def blocking(needs: Sequence[Need], overrides: Collection[str]) -> list[Need]:
    """What still blocks Go when the checks named in `overrides` are gone over."""
    return [need for need in needs if not (need.overridable and need.name in overrides)]
