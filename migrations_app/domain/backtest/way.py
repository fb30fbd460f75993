"""How long it would have taken from the first bad sample until everybody was on BLUE again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken

if TYPE_CHECKING:
    from migrations_app.domain.backtest.play import Spell


@dataclass(frozen=True, slots=True)
class Way:
    """`detection`: from the first bad sample to the verdict that acts. `waiting`: until a bad
    sample is read, at most one interval. `back`: the way back itself, `measured` or as planned.
    """

    detection: timedelta
    waiting: timedelta
    back: timedelta
    measured: bool
    rto: timedelta | None

    @property
    def total(self) -> timedelta:
        """At most so long."""
        return self.detection + self.waiting + self.back

    @property
    def well(self) -> bool:
        """Whether that is within the RTO, where there is one."""
        return self.rto is None or self.total <= self.rto

    def __str__(self) -> str:
        source = "measured" if self.measured else "planned"
        allowed = ""
        if self.rto is not None:
            word = "within" if self.well else "MORE than"
            allowed = f", {word} the RTO of {spoken(self.rto)}"
        return (
            f"{spoken(self.detection)} until it fails + up to {spoken(self.waiting)} until it is "
            f"read + {spoken(self.back)} back on BLUE ({source}) = {spoken(self.total)}{allowed}"
        )


Back = tuple[timedelta, bool]
"""How long the way back takes, and whether that was measured."""


def way(spell: Spell, waiting: timedelta, back: Back, rto: timedelta | None) -> Way:
    """Of a spell that trips."""
    acts = spell.trips or spell.start
    return Way(max(acts - spell.since, timedelta(0)), waiting, *back, rto)
