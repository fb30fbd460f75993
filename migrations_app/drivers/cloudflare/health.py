"""What Cloudflare's monitors say of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrations_app.domain.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from migrations_app.drivers.cloudflare.config import CloudflareConfig
    from migrations_app.drivers.cloudflare.steering import Result

    # Reads a path below the API's address.
    Read = Callable[[str], Result]


def findings(config: CloudflareConfig, result: Result, read: Read) -> Iterator[Finding]:
    """Of two pools, where the runbook names their account, or of two origins in a pool."""
    if config.account is None:
        sentence = "whether the pools are healthy is not looked at: give their account for that."
        yield Finding(ok=True, what="health", sentence=sentence)
        return
    pools = f"/accounts/{config.account}/load_balancers/pools"
    if config.pool is not None:
        places = _places(read(f"{pools}/{config.pool}/health"))
        addresses = {one["name"]: one.get("address", "") for one in result["origins"]}
        for name in (config.blue, config.green):
            ill = [place for place, told in places.items() if _down(told, addresses.get(name, ""))]
            yield _finding(f"origin {name}", ill, len(places))
        return
    for pool in (config.blue, config.green):
        places = _places(read(f"{pools}/{pool}/health"))
        ill = [place for place, told in places.items() if not told.get("healthy")]
        yield _finding(f"pool {pool}", ill, len(places))


def _places(result: Result) -> Mapping[str, Any]:
    told = result.get("pop_health")
    return told if isinstance(told, dict) else {}


def _down(told: Mapping[str, Any], address: str) -> bool:
    """Whether an origin fails its checks from one of Cloudflare's places."""
    origins = told.get("origins") or []
    return any(not one[address].get("healthy") for one in origins if address in one)


def _finding(what: str, ill: list[str], places: int) -> Finding:
    if not places:
        sentence = "no monitor has looked at it yet: if it died, traffic would go on to it."
        return Finding(ok=False, what=what, sentence=sentence)
    if not ill:
        sentence = f"it is healthy from all of the {places} places that look."
        return Finding(ok=True, what=what, sentence=sentence)
    shown = ", ".join(sorted(ill)[:3])
    sentence = (
        f"it is unhealthy from {len(ill)} of {places} places ({shown}): it gets nothing there, "
        "whatever its weight. Mend it, or its monitor."
    )
    return Finding(ok=False, what=what, sentence=sentence)
