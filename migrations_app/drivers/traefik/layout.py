"""Where Traefik's dynamic configuration has a share: in weights, or in a mirror's percent. Pure.

Shapes: `dynamic.WeightedRoundRobin` and `dynamic.Mirroring` of Traefik 3, as written and as its
API tells them. A service without a weight counts 1; one of weight 0 is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.rewrite import Edit, Field, edit, entry, items, word
from migrations_app.drivers.scale import Scale
from migrations_app.drivers.standing import Sides, Standing

if TYPE_CHECKING:
    import yaml

    from migrations_app.drivers.traefik.config import TraefikConfig

SHARES = Scale("Traefik", (100, 1000, 10_000))
COPIES = Scale("A mirror of Traefik")


class Layout(Protocol):
    """One kind of service."""

    @property
    def scale(self) -> Scale: ...

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        """What stands where, BLUE's first."""
        ...

    def standing(self, where: str, service: Any) -> Standing:
        """What the service says, written or told by the API."""
        ...

    def edits(self, service: yaml.Node | None, weight: Decimal) -> list[Edit]:
        """What has to be exchanged in a file."""
        ...


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted service of two."""

    blue: str
    green: str
    scale: Scale = SHARES

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        blue, green = self.scale.parts(weight)
        return [
            (Field("name", self.blue, "weight"), str(blue)),
            (Field("name", self.green, "weight"), str(green)),
        ]

    def standing(self, where: str, service: Any) -> Standing:
        listed = _listed(service, "weighted", "services")
        numbers = {str(one.get("name")): _weight(where, one.get("weight")) for one in listed}
        if len(numbers) < len(listed):
            raise Permanent(f"{where} names a service twice. Name each once.")
        return Sides(self.blue, self.green, "service", "503").standing(where, numbers)

    def edits(self, service: yaml.Node | None, weight: Decimal) -> list[Edit]:
        listed = {
            word(entry(one, "name")): one for one in items(entry(service, "weighted", "services"))
        }
        return [
            edit(entry(listed.get(field.name), "weight"), text, f"the weight of {field.name}")
            for field, text in self.fields(weight)
        ]


@dataclass(frozen=True, slots=True)
class Mirroring:
    """A mirroring service of BLUE with GREEN as a mirror."""

    blue: str
    green: str
    scale: Scale = COPIES

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        return [(Field("name", self.green, "percent"), str(self.scale.parts(weight).green))]

    def standing(self, where: str, service: Any) -> Standing:
        listed = _listed(service, "mirroring", "mirrors")
        percents = {str(one.get("name")): one.get("percent") or 0 for one in listed}
        serves = service["mirroring"].get("service")
        if serves != self.blue or self.green not in percents:
            raise Permanent(
                f"{where}: it serves {serves} and copies to {' and '.join(percents) or 'nobody'}, "
                f"not {self.blue} and {self.green}. Correct `blue` and `green`."
            )
        percent = _weight(where, percents[self.green])
        return Standing(Decimal(min(percent, 100)), f"{percent} % copied to {self.green}")

    def edits(self, service: yaml.Node | None, weight: Decimal) -> list[Edit]:
        [(_, text)] = self.fields(weight)
        mirrors = items(entry(service, "mirroring", "mirrors"))
        ours = [one for one in mirrors if word(entry(one, "name")) == self.green]
        return [edit(entry(one, "percent"), text, f"the percent of {self.green}") for one in ours]


def layout_of(config: TraefikConfig) -> Layout:
    """The one that a route's configuration asks for."""
    kind = Mirroring if config.moves == "mirror" else Weighted
    return kind(config.blue, config.green)


def _listed(service: Any, kind: str, key: str) -> list[dict[str, Any]]:
    told = service.get(kind) if isinstance(service, dict) else None
    listed = told.get(key) if isinstance(told, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Permanent(f"there is no {kind} service of that name. Correct `service`, or add it.")
    return listed


def _weight(where: str, told: object) -> int:
    """1 where nothing is written; below 0 is as good as 0."""
    if told is None:
        return 1
    if isinstance(told, bool) or not isinstance(told, int):
        raise Permanent(f"{where}: {told!r:.40} is no whole number.")
    return max(0, told)
