"""Where in a URL map the weights are, and the patch that sets them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from migrations_app.drivers.gcp.config import UrlMapConfig
    from migrations_app.drivers.scale import Parts

UrlMap = Mapping[str, Any]
# GREEN's share while both weights are 0: one that confirms no flip, as no plan asks for it.
NOBODYS = Decimal("0.01")


def name_of(service: str) -> str:
    """`green` of `https://…/global/backendServices/green`."""
    return service.rpartition("/")[2]


def action_of(map_: UrlMap, config: UrlMapConfig) -> dict[str, Any]:
    """The route action whose weights are ours; one that is changed changes the map."""
    holder, key = _holder(map_, config), "defaultRouteAction"
    if config.priority is not None:
        key = "routeAction"
    action: dict[str, Any] | None = holder.get(key)
    if action is None and config.moves == "mirror":
        action = holder[key] = {}
    if action is None:
        raise Permanent(
            f"{config.said} sends everything to one service there. Give it a {key} with "
            f"weightedBackendServices: {config.blue} 100, {config.green} 0."
        )
    return action


def weights(map_: UrlMap, config: UrlMapConfig) -> tuple[int, int]:
    """BLUE's and GREEN's, where nobody else takes a part."""
    parts = action_of(map_, config).get("weightedBackendServices") or []
    told = {name_of(one["backendService"]): int(one.get("weight") or 0) for one in parts}
    for name in (config.blue, config.green):
        if name not in told:
            raise Permanent(
                f"{name} is not among the weightedBackendServices there: add it, with weight 0 if "
                "it is GREEN."
            )
    for name, weight in told.items():
        if weight and name not in {config.blue, config.green}:
            raise Permanent(
                f"{name} takes traffic there too and is neither BLUE nor GREEN, so a share would "
                "not be what it says. Give it weight 0 first."
            )
    return told[config.blue], told[config.green]


def share(map_: UrlMap, config: UrlMapConfig) -> Decimal:
    told = share_of(*weights(map_, config))
    return NOBODYS if told is None else told


def mirrored(map_: UrlMap, config: UrlMapConfig) -> Decimal:
    """Percent of requests copied to GREEN. A policy without a percentage copies all."""
    policy = action_of(map_, config).get("requestMirrorPolicy")
    if not policy:
        return Decimal(0)
    if name_of(policy["backendService"]) != config.green:
        raise Permanent(
            f"Requests are mirrored to {name_of(policy['backendService'])}, which is not GREEN. "
            "Take that policy out first."
        )
    percent = policy.get("mirrorPercent")
    return Decimal(100 if percent is None else str(percent))


def patched(map_: UrlMap, config: UrlMapConfig, parts: Parts) -> dict[str, Any]:
    """The patch with other weights; header actions of either side and all else stay."""
    weights(map_, config)
    made = deepcopy(dict(map_))
    wanted = {config.blue: parts.blue, config.green: parts.green}
    for one in action_of(made, config)["weightedBackendServices"]:
        one["weight"] = wanted.get(name_of(one["backendService"]), one.get("weight", 0))
    return _patch(made, config)


def mirrored_patch(map_: UrlMap, config: UrlMapConfig, percent: Decimal) -> dict[str, Any]:
    mirrored(map_, config)
    made = deepcopy(dict(map_))
    action_of(made, config)["requestMirrorPolicy"] = policy(config, percent)
    return _patch(made, config)


def policy(config: UrlMapConfig, percent: Decimal) -> dict[str, Any] | None:
    """None, which removes it, where nothing is to be copied."""
    if not percent:
        return None
    return {"backendService": config.service(config.green), "mirrorPercent": float(percent)}


def _holder(map_: UrlMap, config: UrlMapConfig) -> dict[str, Any]:
    if config.path_matcher is None:
        return map_ if isinstance(map_, dict) else dict(map_)
    matcher = _named(map_.get("pathMatchers"), "name", config.path_matcher)
    if matcher is None:
        raise Permanent(f"{config.said} has no path matcher {config.path_matcher}.")
    if config.priority is None:
        return matcher
    rule = _named(matcher.get("routeRules"), "priority", config.priority)
    if rule is None:
        raise Permanent(
            f"Path matcher {config.path_matcher} of {config.said} has no route rule of priority "
            f"{config.priority}."
        )
    return rule


def _named(things: Any, key: str, value: object) -> dict[str, Any] | None:
    return next((one for one in things or [] if one.get(key) == value), None)


def _patch(map_: UrlMap, config: UrlMapConfig) -> dict[str, Any]:
    """Google merges objects and replaces lists, so path matchers go whole. The fingerprint makes it
    a compare-and-set."""
    key = "defaultRouteAction" if config.path_matcher is None else "pathMatchers"
    return {"fingerprint": map_["fingerprint"], key: map_[key]}
