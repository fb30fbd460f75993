"""Where a route configuration has a share: in two weights, or in a mirror's fraction. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.envoy.routes import mirrors, splits
from migrations_app.drivers.envoy.runtime import SCALE, sides
from migrations_app.drivers.rewrite import Edit, Field, edit, entry, items, mappings, word
from migrations_app.drivers.share import cents, plain
from migrations_app.drivers.standing import Standing, together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    import yaml

    from migrations_app.drivers.envoy.config import EnvoyFileConfig
    from migrations_app.drivers.envoy.routes import Split

OVERRIDDEN = "a runtime key of Envoy decides there and not the file. Use the driver `envoy`."


class Layout(Protocol):
    """One kind of route."""

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        """What stands where, BLUE's first."""
        ...

    def standing(self, config: Any) -> Standing:
        """What a route configuration says, written or dumped."""
        ...

    def edits(self, root: yaml.Node, weight: Decimal) -> list[Edit]:
        """What has to be exchanged in a file."""
        ...


@dataclass(frozen=True, slots=True)
class Shares:
    """Every `weighted_clusters` that names both sides; all of them move together."""

    blue: str
    green: str

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        blue, green = SCALE.parts(weight)
        return [
            (Field("name", self.blue, "weight"), str(blue)),
            (Field("name", self.green, "weight"), str(green)),
        ]

    def standing(self, config: Any) -> Standing:
        found = [one for one in splits(config) if {self.blue, self.green} <= one.weights.keys()]
        if not found:
            raise Permanent(
                f"no route has weighted_clusters with both {self.blue} and {self.green}. Correct "
                "`blue` and `green`, or add them."
            )
        return together([self._one(split) for split in found])

    def edits(self, root: yaml.Node, weight: Decimal) -> list[Edit]:
        texts = {field.name: text for field, text in self.fields(weight)}
        return [
            edit(entry(node, "weight"), texts[name], f"the weight of {name}")
            for clusters in self._ours(root)
            for name, node in clusters.items()
            if name in texts
        ]

    def _one(self, split: Split) -> Standing:
        if split.prefix:
            raise Permanent(
                f"{split.where} has the runtime_key_prefix {split.prefix}: {OVERRIDDEN}"
            )
        return sides(self.blue, self.green).standing(split.where, split.weights)

    def _ours(self, root: yaml.Node) -> Iterator[dict[str, yaml.Node]]:
        for node in mappings(root):
            listed = items(entry(node, "weighted_clusters", "clusters"))
            named = {word(entry(one, "name")): one for one in listed}
            if {self.blue, self.green} <= named.keys():
                yield named


@dataclass(frozen=True, slots=True)
class Copies:
    """Every `request_mirror_policies` with a policy for GREEN. Its fraction is in
    ten-thousandths, so that every weight can be written."""

    green: str

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        return [(Field("cluster", self.green, "numerator"), str(int(weight * 100)))]

    def standing(self, config: Any) -> Standing:
        found = [one for one in mirrors(config) if one.clusters == (self.green,)]
        if not found:
            raise Permanent(f"no route has request_mirror_policies for {self.green}. Add one.")
        if keys := [one.key for one in found if one.key]:
            raise Permanent(f"the mirror policy has the runtime_key {keys[0]}: {OVERRIDDEN}")
        weights = [cents(one.share) for one in found]
        return together(
            [Standing(one, f"{plain(one)} % copied to {self.green}") for one in weights]
        )

    def edits(self, root: yaml.Node, weight: Decimal) -> list[Edit]:
        [(_, text)] = self.fields(weight)
        defaults = [
            entry(policy, "runtime_fraction", "default_value")
            for node in mappings(root)
            for policy in items(entry(node, "request_mirror_policies"))
            if word(entry(policy, "cluster")) == self.green
        ]
        if any(word(entry(one, "denominator")) != "TEN_THOUSAND" for one in defaults):
            raise Permanent("the mirror's runtime_fraction needs `denominator: TEN_THOUSAND`.")
        return [edit(entry(one, "numerator"), text, "the numerator") for one in defaults]


def layout_of(config: EnvoyFileConfig) -> Layout:
    """The one that a route's configuration asks for."""
    return Copies(config.green) if config.moves == "mirror" else Shares(config.blue, config.green)
