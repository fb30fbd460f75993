"""When a run will be done, if everything from here on takes as long as it was planned to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """`at`: when, while the clock decides; None where people do. `left`: how long it takes from
    the next step on, which is the next phase, or the first."""

    at: datetime | None
    left: timedelta


def arrival(
    state: State, expected: Sequence[timedelta], phase: int, entered_at: datetime | None,
    now: datetime,
) -> Arrival | None:  # fmt: skip
    """`expected`: how long each phase takes; `phase`: the index of the current one, -1 before.

    None where nobody can say: while a run is held, goes back or went back, and after its end. A
    phase that takes longer than planned promises nothing but the rest.
    """
    left = sum(expected[phase + 1 :], timedelta(0))
    if state in {State.PLANNED, State.GATE}:
        return Arrival(None, left)
    if state not in {State.SHIFTING, State.BAKING} or entered_at is None:
        return None
    over = entered_at + expected[phase]
    return Arrival(over + left if now <= over else None, left)
