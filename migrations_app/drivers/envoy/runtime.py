"""How a share stands in Envoy's runtime: as two weights, or as one fraction. Pure.

A number is a weight, or a percentage where a fraction is expected; finer fractions are written
`{"numerator": 1, "denominator": "TEN_THOUSAND"}`. What is no number at all, Envoy ignores.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.envoy.routes import fraction, matches, mirrors, splits
from migrations_app.drivers.scale import Scale
from migrations_app.drivers.share import cents, plain
from migrations_app.drivers.standing import Sides, Standing, together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from migrations_app.drivers.envoy.config import EnvoyConfig
    from migrations_app.drivers.envoy.routes import Part, Split

SCALE = Scale("Envoy", (100, 1000, 10_000))


class Keys(Protocol):
    """The runtime keys of a route."""

    def pairs(self, weight: Decimal) -> list[tuple[str, str]]:
        """What is posted, BLUE first."""
        ...

    def standing(self, values: Mapping[str, str], configs: Any) -> Standing:
        """What holds, by the runtime and by the defaults in the routes. `Permanent` where some
        of the traffic would be in nobody's share."""
        ...

    @property
    def common(self) -> str:
        """What the names of all keys begin with."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """`weighted_clusters` with this `runtime_key_prefix`."""

    prefix: str
    blue: str
    green: str

    @property
    def common(self) -> str:
        return f"{self.prefix}."

    def pairs(self, weight: Decimal) -> list[tuple[str, str]]:
        blue, green = SCALE.parts(weight)
        return [
            (f"{self.prefix}.{self.blue}", str(blue)),
            (f"{self.prefix}.{self.green}", str(green)),
        ]

    def standing(self, values: Mapping[str, str], configs: Any) -> Standing:
        found = [split for split in splits(configs) if split.prefix == self.prefix]
        if not found:
            raise Permanent(
                f"no route has weighted_clusters with the runtime_key_prefix {self.prefix}. "
                "Correct `runtime_key_prefix`, or add it to the route."
            )
        return together([self._one(split, values) for split in found])

    def _one(self, split: Split, values: Mapping[str, str]) -> Standing:
        numbers = {
            name: _number(values.get(f"{self.prefix}.{name}", str(default)))
            for name, default in split.weights.items()
        }
        return sides(self.blue, self.green).standing(split.where, numbers)


@dataclass(frozen=True, slots=True)
class Share:
    """One `runtime_fraction` with this `runtime_key`: of a route, or of a mirror policy."""

    key: str
    green: str
    mirror: bool

    @property
    def common(self) -> str:
        return self.key

    def pairs(self, weight: Decimal) -> list[tuple[str, str]]:
        if weight == weight.to_integral_value():
            return [(self.key, plain(weight))]
        return [(self.key, f'{{"numerator":{int(weight * 100)},"denominator":"TEN_THOUSAND"}}')]

    def standing(self, values: Mapping[str, str], configs: Any) -> Standing:
        found = [part for part in self._parts(configs) if part.key == self.key]
        if not found:
            raise Permanent(
                f"no {'mirror policy' if self.mirror else 'route'} has a runtime_fraction with the "
                f"runtime_key {self.key}. Correct `runtime_key`, or add it."
            )
        return together([self._one(part, values.get(self.key)) for part in found])

    def _parts(self, configs: Any) -> Sequence[Part]:
        return mirrors(configs) if self.mirror else matches(configs)

    def _one(self, part: Part, value: str | None) -> Standing:
        if part.clusters != (self.green,):
            raise Permanent(
                f"{part.where}: {self.key} is of requests to {' and '.join(part.clusters)}, not to "
                f"{self.green}. Correct `green`, or the route."
            )
        weight = cents(part.share if value is None else _fraction(value))
        verb = "copied to" if self.mirror else "to"
        return Standing(weight, f"{plain(weight)} % {verb} {self.green}")


def keys_of(config: EnvoyConfig) -> Keys:
    """Those that a route's configuration names."""
    if config.runtime_key_prefix is not None:
        return Weights(config.runtime_key_prefix, config.blue, config.green)
    return Share(config.runtime_key or "", config.green, mirror=config.moves == "mirror")


def sides(blue: str, green: str) -> Sides:
    """Two clusters."""
    return Sides(blue, green, "cluster", "404")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Permanent(f"the runtime has {text!r:.40} for a weight, which is no whole number.")
    return int(text)


def _fraction(text: str) -> Fraction:
    if text.isascii() and text.isdigit():
        return min(Fraction(1), Fraction(int(text), 100))
    try:
        return fraction(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise Permanent(f"the runtime has {text!r:.40} for a fraction, which is none.") from error
