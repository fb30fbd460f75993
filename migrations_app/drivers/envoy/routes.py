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
    found = _below(config, "weighted_clusters")
    return [_split(where, _object(node["weighted_clusters"])) for where, node in found]


def matches(config: Any) -> list[Part]:
    """Every route that takes a fraction of its requests."""
    found = [(where, node, _object(node["match"])) for where, node in _below(config, "match")]
    return [
        _part(where, match["runtime_fraction"], _clusters(_object(node.get("route"))))
        for where, node, match in found
        if "runtime_fraction" in match
    ]


def wholes(config: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Every route that takes all requests that come to it: where it is, and to which clusters."""
    return [
        (where, _clusters(_object(node.get("route"))))
        for where, node in _below(config, "match")
        if "runtime_fraction" not in _object(node["match"])
    ]


def mirrors(config: Any) -> list[Part]:
    """Every policy that copies requests; one without a fraction copies all."""
    return [
        _part(where, policy.get("runtime_fraction"), (str(policy.get("cluster", "")),))
        for where, node in _below(config, "request_mirror_policies")
        for policy in _objects(node["request_mirror_policies"])
    ]


def fraction(told: Any) -> Fraction:
    """A `FractionalPercent`, at most 1. `Permanent` if it is none."""
    try:
        whole = DENOMINATORS[told.get("denominator") or "HUNDRED"]
        return min(Fraction(1), Fraction(_number(told.get("numerator")), whole))
    except (AttributeError, KeyError, TypeError) as error:
        raise Permanent(f"{told!r:.60} is no fraction that Envoy knows.") from error


def _split(where: str, told: dict[str, Any]) -> Split:
    weights: dict[str, int] = {}
    for one in _objects(told.get("clusters")):
        name = str(one.get("name", one.get("cluster_header")))
        if name in weights:
            raise Permanent(f"{where} names {name} twice, so its weight is not one number.")
        weights[name] = _number(one.get("weight"))
    prefix = str(told.get("runtime_key_prefix", ""))
    return Split(where, prefix, weights, sticky=any(told.get(key) for key in _STICKY))


def _number(told: object) -> int:
    """0 where nothing is written. JSON for protobuf takes numbers as strings too."""
    text = "0" if told is None else str(told)
    if not (text.isascii() and text.isdigit()):
        raise Permanent(f"{told!r:.40} is no number that Envoy takes there.")
    return int(text)


def _part(where: str, told: Any, clusters: tuple[str, ...]) -> Part:
    if told is None:
        return Part(where, "", clusters, Fraction(1))
    key = str(_object(told).get("runtime_key", ""))
    return Part(where, key, clusters, fraction(_object(told).get("default_value") or {}))


def _clusters(route: dict[str, Any]) -> tuple[str, ...]:
    if "weighted_clusters" in route:
        listed = _objects(_object(route["weighted_clusters"]).get("clusters"))
        return tuple(str(one.get("name")) for one in listed)
    return (str(route.get("cluster", "")),)


def _object(told: Any) -> dict[str, Any]:
    """People write files: what is no object has nothing in it."""
    return told if isinstance(told, dict) else {}


def _objects(told: Any) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _below(node: Any, key: str, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with `key`, and the names of those it lies in: `app, virtual host all`."""
    if isinstance(node, list):
        for one in node:
            yield from _below(one, key, where)
    elif isinstance(node, dict):
        named = node.get("name") if "virtual_hosts" in node or "domains" in node else None
        where = "/".join(filter(None, (where, str(named or ""))))
        if key in node:
            yield where, node
        for one in node.values():
            yield from _below(one, key, where)
