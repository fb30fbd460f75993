"""What can go wrong with a plane, on demand."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from migrations_app.domain.plan.base import Strict

Seconds = Annotated[float, Field(ge=0)]
Weight = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]


class Faults(Strict):
    """Any of them, together, for the next `times` writes (default: until something else is said).

    What happens to the write: `refuse`, `transient`, `conflict` raise and change nothing; `lying`
    acknowledges and changes nothing; `partial` moves the first target only, or a lone target half
    the way; `late` seconds pass between the acknowledgement and the effect; `stall` seconds pass
    before the write reaches the plane, as when its process is paused.
    What happens to the answer: it takes `slow` seconds; `time_out` loses it.
    `unreachable`: nothing can be read. `drift_to`: `drift_after` seconds after each write an
    outside hand moves the plane there. `lingering`: so many requests are still under way on the
    side that gets nothing new.
    """

    refuse: bool = False
    transient: bool = False
    conflict: bool = False
    lying: bool = False
    partial: bool = False
    late: Seconds = 0.0
    stall: Seconds = 0.0
    slow: Seconds = 0.0
    time_out: bool = False
    unreachable: bool = False
    drift_to: Weight | None = None
    drift_after: Seconds = 0.0
    lingering: Annotated[int, Field(ge=0)] | None = None
    times: Annotated[int, Field(ge=1)] | None = None

    def __str__(self) -> str:
        return ", ".join(sorted(self.model_fields_set)) or "none"


WELL = Faults()
