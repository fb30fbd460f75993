"""The Go/No-Go at the end of a phase."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from migrations_app.domain.plan.base import Count, Duration, Flag, Name, Strict, wrong
from migrations_app.domain.plan.people import Role


def _slots(value: object) -> object:
    """A list of roles is one sign-off from each."""
    if not isinstance(value, list | tuple):
        return value
    if not all(isinstance(role, str) for role in value):
        raise wrong("must be a list of roles, such as [dri, database]")
    if len(set(value)) < len(value):
        raise wrong("names a role twice: for two sign-offs write {database: 2}")
    return dict.fromkeys(value, 1)


def _as_written(slots: dict[Role, int]) -> object:
    return list(slots) if all(count == 1 for count in slots.values()) else slots


# Sign-offs asked for, by role. Written `[dri, database]` or `{dri: 1, database: 2}`.
Slots = Annotated[
    dict[Role, Count], BeforeValidator(_slots), PlainSerializer(_as_written, when_used="json")
]


class Gate(Strict):
    """Checks that must pass and roles that must agree before Go.

    A person's sign-off fills one slot of one role, and each person signs once. `quorum` slots must
    be filled, all of them when it is not given. The gate opens when the phase's hold is over;
    `deadline` after that it is No-Go. `auto_advance` goes on without a person as soon as
    everything the gate asks for is there. `four_eyes` wants a sign-off by somebody other than who
    says Go; where nobody says it, by two people.
    """

    checks: tuple[Name, ...] = ()
    roles: Slots = Field(default_factory=dict)
    quorum: Count | None = None
    deadline: Duration | None = None
    auto_advance: Flag = False
    four_eyes: Flag = False

    @property
    def needed(self) -> int:
        """How many different people have to sign off."""
        return sum(self.roles.values()) if self.quorum is None else self.quorum

    @model_validator(mode="after")
    def _quorum_fits(self) -> Self:
        if self.quorum is not None and not self.roles:
            raise ValueError("a `quorum` needs `roles` to choose from")
        return self
