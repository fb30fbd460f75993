"""What Envoy's route configurations say about BLUE and GREEN: as dumped, or as written in a file.

Pure. Shapes: `envoy.config.route.v3` (WeightedCluster, RouteMatch, RequestMirrorPolicy) as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DENOMINATORS = {"HUNDRED": 100, "TEN_THOUSAND": 10_000, "MILLION": 1_000_000}
_STICKY = ("header_name", "use_hash_policy")


@dataclass(frozen=True, slots=True)
class Split:
    """One `weighted_clusters`: the weight of each cluster by name."""

    where: str
    prefix: str
    weights: Mapping[str, int]
    sticky: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One `runtime_fraction`: of requests that are routed to a cluster, or copied to it.

    `clusters`: those its requests go to; `share`: the default, from 0 to 1.
    """

    where: str
    key: str
    clusters: tuple[str, ...]
    share: Fraction


def splits(config: Any) -> list[Split]:
    """Every `weighted_clusters` in it."""
    found = (
        (where, node["weighted_clusters"]) for where, node in _below(config, "weighted_clusters")
    )
    return [_split(where, told) for where, told in found]


def matches(config: Any) -> list[Part]:
    """Every route that takes a fraction of its requests."""
    found = [
        (where, node["match"]["runtime_fraction"], node.get("route") or {})
        for where, node in _below(config, "match")
        if isinstance(node["match"], dict) and "runtime_fraction" in node["match"]
    ]
    return [_part(where, told, _clusters(route)) for where, told, route in found]


def mirrors(config: Any) -> list[Part]:
    """Every policy that copies requests; one without a fraction copies all."""
    return [
        _part(where, policy.get("runtime_fraction"), (str(policy.get("cluster", "")),))
        for where, node in _below(config, "request_mirror_policies")
        for policy in node["request_mirror_policies"]
    ]


def fraction(told: Any) -> Fraction:
    """A `FractionalPercent`, at most 1. `Permanent` if it is none."""
    try:
        numerator = int(told.get("numerator") or 0)
        return min(
            Fraction(1), Fraction(numerator, DENOMINATORS[told.get("denominator") or "HUNDRED"])
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Permanent(f"{told!r:.60} is no fraction that Envoy knows.") from error


def _split(where: str, told: Any) -> Split:
    clusters = told.get("clusters") or []
    return Split(
        where,
        str(told.get("runtime_key_prefix", "")),
        {
            str(one.get("name", one.get("cluster_header"))): _weight(one.get("weight"))
            for one in clusters
        },
        sticky=any(told.get(key) for key in _STICKY),
    )


def _weight(told: object) -> int:
    """0 where nothing is written. JSON for protobuf takes numbers as strings too."""
    if told is None:
        return 0
    if not str(told).isdigit():
        raise Permanent(f"{told!r:.40} is no weight that Envoy knows.")
    return int(str(told))


def _part(where: str, told: Any, clusters: tuple[str, ...]) -> Part:
    if told is None:
        return Part(where, "", clusters, Fraction(1))
    return Part(
        where, str(told.get("runtime_key", "")), clusters, fraction(told.get("default_value") or {})
    )


def _clusters(route: Any) -> tuple[str, ...]:
    if "weighted_clusters" in route:
        return tuple(
            str(one.get("name")) for one in route["weighted_clusters"].get("clusters") or []
        )
    return (str(route.get("cluster", "")),)


def _below(node: Any, key: str, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with `key`, and the names of those it lies in: `app, virtual host all`."""
    if isinstance(node, list):
        for one in node:
            yield from _below(one, key, where)
    elif isinstance(node, dict):
        named = node.get("name") if "virtual_hosts" in node or "domains" in node else None
        where = "/".join(filter(None, (where, named)))
        if key in node:
            yield where, node
        for one in node.values():
            yield from _below(one, key, where)
