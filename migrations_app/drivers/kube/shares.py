"""Two sides in a list of weighted destinations, as meshes and gateways have it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import number
from migrations_app.drivers.kube.patch import jsonpath, put, test
from migrations_app.drivers.scale import Parts, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op
    from migrations_app.drivers.scale import Scale

# Nobody has a share: equal to no weight asked for, so it calls for a write.
NOBODYS: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rows:
    """`at`: pointer of the list. `tests`: what has to be so for `at` to be the right one."""

    at: str
    items: list[Obj]
    tests: tuple[Op, ...] = ()


class Where(Protocol):
    """Where a kind of object keeps its destinations, and how it names them."""

    @property
    def absent(self) -> int:
        """What a destination without a weight weighs."""
        ...

    def rows(self, obj: Obj) -> Rows:
        """`Permanent`, in words, where there is no such list."""
        ...

    def assumed(self) -> Rows:
        """BLUE, then GREEN, in the usual place."""
        ...

    def name(self, item: Obj) -> str: ...

    def key(self, item: Obj) -> str:
        """The key below an item that tells it from others."""
        ...

    def findings(self, obj: Obj) -> Iterator[Finding]: ...


@dataclass(frozen=True, slots=True)
class _Sides:
    """Positions in the list, everybody's weight by name, and what the others weigh together."""

    rows: Rows
    blue: int
    green: int
    weights: list[int]
    others: dict[str, int]

    @property
    def total(self) -> int:
        return self.weights[self.blue] + self.weights[self.green]


@dataclass(frozen=True, slots=True)
class Shares:
    """`thing` begins sentences: "VirtualService prod/shop"."""

    thing: str
    where: Where
    scale: Scale
    blue: str
    green: str

    def cannot(self, weight: Decimal) -> str | None:
        return self.scale.cannot(weight)

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        sides = self._sides(obj)
        self._refuse_others(sides)
        share = share_of(sides.weights[sides.blue], sides.weights[sides.green])
        detail = (
            f"blue {sides.weights[sides.blue]}/{sides.total}, "
            f"green {sides.weights[sides.green]}/{sides.total}"
        )
        if share is None:
            return NOBODYS, f"{detail}: nobody has a share, so requests fail"
        return share, detail

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        """The way back is taken even where a third destination has a share: GREEN's goes to BLUE,
        the other keeps its own."""
        sides = self._sides(obj)
        if weight:
            self._refuse_others(sides)
        parts = self.scale.parts(weight)
        if sides.others:
            parts = Parts(sides.total or parts.blue, 0)
        return [
            *sides.rows.tests,
            *(self._same(sides.rows, at) for at in (sides.blue, sides.green)),
            put(f"{sides.rows.at}/{sides.blue}/weight", parts.blue),
            put(f"{sides.rows.at}/{sides.green}/weight", parts.green),
        ]

    def shown(self, obj: Obj | None) -> str:
        return jsonpath(self._sides(obj).rows.at)

    def findings(self, obj: Obj) -> Iterator[Finding]:
        weight, detail = self.seen(obj)
        yield Finding(ok=weight != NOBODYS, what=self.thing, sentence=f"{self.thing}: {detail}.")
        yield from self.where.findings(obj)

    def _sides(self, obj: Obj | None) -> _Sides:
        rows = self.where.assumed() if obj is None else self.where.rows(obj)
        names = [self.where.name(item) for item in rows.items]
        weights = [self._weight(item) for item in rows.items]
        blue, green = self._only(self.blue, names), self._only(self.green, names)
        others = {
            name: weight
            for at, (name, weight) in enumerate(zip(names, weights, strict=True))
            if weight and at not in {blue, green}
        }
        return _Sides(rows, blue, green, weights, others)

    def _weight(self, item: Obj) -> int:
        weight = number(item, "weight")
        return self.where.absent if weight is None else weight

    def _only(self, name: str, names: list[str]) -> int:
        if names.count(name) == 1:
            return names.index(name)
        wrong = "twice" if name in names else "not"
        raise Permanent(
            f"{self.thing} has the destination {name} {wrong}; it has: "
            f"{', '.join(names) or 'none'}. Both sides have to be there once, one with weight 0."
        )

    def _refuse_others(self, sides: _Sides) -> None:
        if sides.others:
            named = ", ".join(f"{name} ({weight})" for name, weight in sides.others.items())
            raise Permanent(
                f"{self.thing} gives a share to what is neither BLUE nor GREEN: {named}. Shares "
                "are then not what they say; set its weight to 0 first."
            )

    def _same(self, rows: Rows, at: int) -> Op:
        key = self.where.key(rows.items[at])
        return test(f"{rows.at}/{at}/{key}", rows.items[at][key])
