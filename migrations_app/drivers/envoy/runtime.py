"""How a share stands in Envoy's runtime: as two weights, or as one fraction. Pure.

A number is a weight, or a percentage where a fraction is expected; finer fractions are written
`{"numerator": 1, "denominator": "TEN_THOUSAND"}`. What is no number at all, Envoy ignores.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.envoy.routes import fraction, matches, mirrors, splits
from migrations_app.drivers.nodes import in_words
from migrations_app.drivers.scale import Scale, share_of
from migrations_app.drivers.share import cents, combined, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.drivers.envoy.config import EnvoyConfig
    from migrations_app.drivers.envoy.routes import Part, Split

SCALE = Scale("Envoy", (100, 1000, 10_000))
NOBODYS = Decimal("0.01")  # no weight anybody asked for


@dataclass(frozen=True, slots=True)
class Standing:
    """GREEN's share on one node, in percent, and in words."""

    weight: Decimal
    detail: str


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
            name: _number(values.get(f"{self.prefix}.{name}", str(default or 0)))
            for name, default in split.weights.items()
        }
        return of_two(split.where, numbers, self.blue, self.green)


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


def of_two(where: str, numbers: Mapping[str, int], blue: str, green: str) -> Standing:
    """Two weights as a share. `Permanent` names a side that isn't there, and any third that is."""
    missing = [name for name in (blue, green) if name not in numbers]
    if missing:
        raise Permanent(
            f"{where}: there is no cluster {' or '.join(missing)} among {', '.join(numbers)}. "
            "Correct `blue` and `green`."
        )
    if strangers := [name for name in numbers if name not in {blue, green} and numbers[name]]:
        raise Permanent(
            f"{where}: {' and '.join(strangers)} takes traffic too and is neither BLUE nor GREEN. "
            "Set its weight to 0 first."
        )
    total = numbers[blue] + numbers[green]
    detail = f"blue {numbers[blue]}/{total}, green {numbers[green]}/{total}"
    share = share_of(numbers[blue], numbers[green])
    if share is None:
        return Standing(NOBODYS, f"{detail}: every weight is 0, so clients get 404")
    return Standing(share, detail)


def together(standings: Sequence[Standing]) -> Standing:
    """What several routes of one node amount to."""
    weight = combined([one.weight for one in standings])
    told = {str(number): one.detail for number, one in enumerate(standings, 1)}
    agree = len({one.weight for one in standings}) == 1
    return Standing(weight, in_words(told, agree=agree))


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
