"""Two sides that Azure weighs, each by itself: what they share, and which is written first. Pure.

Azure's weights go from 1 to 1000. A side that is to get nothing is switched off.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.digest import digest
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.drivers.scale import Parts

# GREEN's share while both are switched off: one that confirms no flip, as no plan asks for it.
NOBODYS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Side:
    """`settled`: Azure has carried out what it was told. `rank`: lower ones get everything."""

    name: str
    weight: int
    on: bool
    settled: bool = True
    rank: int = 1

    @property
    def pull(self) -> int:
        """Its weight as far as traffic goes."""
        return self.weight if self.on else 0

    def __str__(self) -> str:
        return f"{self.name} {self.weight if self.on else 'off'}"


class Write(NamedTuple):
    """`weight` 0 switches it off."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Pair:
    blue: Side
    green: Side

    @property
    def share(self) -> Decimal:
        told = share_of(self.blue.pull, self.green.pull)
        return NOBODYS if told is None else told

    @property
    def token(self) -> str:
        return digest([(side.name, side.pull, side.rank) for side in (self.blue, self.green)])

    def writes(self, parts: Parts) -> list[Write]:
        """What is left to do, raising before lowering, so that nobody ever stands alone with
        nothing."""
        wanted = ((self.blue, parts.blue), (self.green, parts.green))
        left = [(to - side.pull, Write(side.name, to)) for side, to in wanted if to != side.pull]
        return [write for _, write in sorted(left, key=lambda one: -one[0])]

    def __str__(self) -> str:
        return f"blue: {self.blue}, green: {self.green}"


def blind(blue: str, green: str, parts: Parts) -> list[Write]:
    """Both, in the order that is safe from any state."""
    both = [Write(blue, parts.blue), Write(green, parts.green)]
    return both[::-1] if parts.green else both


def pair(sides: Iterable[Side], blue: str, green: str) -> Pair:
    """The two of ours, where nobody else takes a part. Azure's names know no case."""
    there = {side.name.lower(): side for side in sides}
    ours = [there.get(name.lower()) for name in (blue, green)]
    for name, side in zip((blue, green), ours, strict=True):
        if side is None:
            raise Permanent(f"{name} is not there: check blue and green.")
    first, second = (side for side in ours if side is not None)
    if first.rank != second.rank:
        raise Permanent(
            f"{first.name} and {second.name} have different priorities, so one gets everything "
            "whatever its weight. Give both the same."
        )
    for side in there.values():
        if side.pull and side.rank <= first.rank and side not in ours:
            raise Permanent(
                f"{side.name} takes traffic too and is neither BLUE nor GREEN, so a share would "
                "not be what it says. Switch it off first."
            )
    return Pair(first, second)


def properties(write: Write, switch: str) -> dict[str, object]:
    """The body of a PATCH; `switch` is what the resource calls being on."""
    if not write.weight:
        return {"properties": {switch: "Disabled"}}
    return {"properties": {switch: "Enabled", "weight": write.weight}}
