"""The lines of a fake plane's journal. Times are in seconds since 1970 by this machine's clock."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from migrations_app.domain.plan.base import Strict
from migrations_app.drivers.fake.faults import Faults, Weight


class Outcome(StrEnum):
    """What became of a write."""

    APPLIED = "applied"
    LIED = "lied"  # acknowledged, never applied
    REFUSED = "refused"
    TRANSIENT = "transient"
    CONFLICT = "conflict"


class Born(Strict):
    """The first line: how many targets there are and where they stood."""

    entry: Literal["born"] = "born"
    initial: Weight
    targets: Annotated[int, Field(ge=1)]


class Write(Strict):
    """One write, whatever became of it. A line typed by a person needs `weight` alone.

    `weights`: what each target is set to, None leaves one as it is; without them all get `weight`.
    `token` and `epoch` are the caller's, `pid` its process; an outside hand has none.
    `ordered`: the plane compares versions, so that an older write never undoes a newer one.
    """

    entry: Literal["write"] = "write"
    weight: Weight
    weights: tuple[Weight | None, ...] | None = None
    at: float | None = None
    effective_at: float | None = None
    outcome: Outcome = Outcome.APPLIED
    ordered: bool = False
    token: str | None = None
    epoch: int | None = None
    pid: int | None = None


class Injected(Strict):
    """From here on things go wrong so."""

    entry: Literal["injected"] = "injected"
    faults: Faults


Line = Annotated[Born | Write | Injected, Field(discriminator="entry")]
LINE: TypeAdapter[Line] = TypeAdapter(Line)
