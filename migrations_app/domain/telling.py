"""What an entry's payload has to tell, by kind. Whatever else is in it is for people to read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StrictStr

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State

if TYPE_CHECKING:
    from migrations_app.domain.timeline import Entry

T = TypeVar("T", bound="Telling")


class Telling(BaseModel):
    """A part of a payload."""

    model_config = ConfigDict(frozen=True)


class Delta(Telling):
    """The run's own fields that an entry changed, and to what. What is not set did not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = State.PLANNED
    leg: StrictInt = 1
    phase: StrictInt = -1
    revision: StrictInt = 0
    why: StrictStr = ""
    settled_at: AwareDatetime | None = None
    hold_from: AwareDatetime | None = None


class Always(Telling):
    """In every entry. `weights`: what ought to be from now on, for the routes that are named."""

    delta: Delta
    weights: dict[str, Decimal] = Field(default_factory=dict)


class Planned(Telling):
    """A run was planned, started with its plan frozen, or got another plan."""

    plan_sha256: StrictStr


class Entered(Telling):
    """A phase was entered, with a fresh round of its gate."""

    gate_round: StrictInt


class Opened(Telling):
    """A gate opened."""

    deadline_at: AwareDatetime | None


class Signed(Telling):
    """Somebody signed off."""

    user_id: StrictInt
    role: Role


class Stepped(Telling):
    """A step was completed."""

    step: StrictStr


class Confirmed(Telling):
    """A weight was read back as it was asked for."""

    route: StrictStr
    weight: Decimal


def telling(shape: type[T], entry: Entry) -> T:
    """What `entry` tells, in `shape`; pydantic's `ValidationError` where it does not."""
    return shape.model_validate(entry.payload)
