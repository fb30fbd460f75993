"""What is known of one run from the outside: the accounts that have to agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.story import Story
    from migrations_app.domain.timeline import Entry


@dataclass(frozen=True, slots=True)
class Write:
    """A write the load balancer took from us, by its own log."""

    route: str
    weight: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt we wrote down before we made it. `flip_closed_at`: when what it was made for was
    closed, None while it is open or where it was made for none."""

    route: str
    weight: Decimal
    began_at: datetime
    outcome: str
    flip_closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was told. `seq` is None where the verb was not acknowledged: refused, or nobody
    knows. `began` and `ended` are the client's, and compare with one another only."""

    verb: str
    key: str
    revision: int | None
    leg: int
    seq: int | None
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Looked:
    """One check was evaluated."""

    check: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Night:
    """`story`: what the tables hold. `planes`: what every load balancer shows now, once all is
    quiet; empty where it is not. `head`: the hash the timeline has to end with."""

    entries: Sequence[Entry]
    plan: BoundPlan
    story: Story | None = None
    head: str | None = None
    writes: Sequence[Write] = ()
    tried: Sequence[Tried] = ()
    answers: Sequence[Answer] = ()
    looked: Sequence[Looked] = ()
    planes: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """`law` does not hold, and here is where."""

    law: str
    sentence: str
