"""What the hub must be given to see with: it knows neither the database nor a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from migrations_app.live.scene import Scene

TICKET: Final = "warroom.ticket"
"""Where the view that authorised a stream leaves the ticket: a key of the ASGI scope."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """By what right a stream was opened. `session` and `proof` are secrets of that person."""

    run_id: int
    user_id: int
    session: str
    proof: str

    def __repr__(self) -> str:
        return f"Ticket(run_id={self.run_id}, user_id={self.user_id})"


@dataclass(frozen=True, slots=True)
class Pulses:
    """The database's clock, and of each run a text that changes when its scene may have."""

    now: datetime
    runs: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Eyes:
    """Questions, each asked in a thread, each giving its connection back.

    `scene` draws a run; `pulses` looks at many runs in one query; `allowed` says which tickets
    still hold. Whatever they raise is taken for a database that does not answer.

    `remembers` finds, without asking anybody, the ticket that an earlier request of this browser
    was given; None for everybody else. It proves nothing until `allowed` has seen it.

    `seen` is told who is here, as pairs of a run and a person before it.
    """

    scene: Callable[[int], Scene]
    pulses: Callable[[Collection[int]], Pulses]
    allowed: Callable[[Collection[Ticket]], Collection[Ticket]]
    remembers: Callable[[Mapping[str, Any]], Ticket | None]
    seen: Callable[[Collection[tuple[int, int]]], None]
