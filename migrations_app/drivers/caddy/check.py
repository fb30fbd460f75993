"""What can be seen of Caddy that would keep a flip or a rollback from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.finding import Finding
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrations_app.drivers.caddy.config import CaddyConfig
    from migrations_app.drivers.caddy.handler import Balance

_COST: Final = (
    "Every flip starts Caddy's servers anew and loses some of the requests that are under way just "
    "then, on new connections as on kept ones (12 clients without a pause: about five a flip). "
    "Have clients try again, keep the steps few, or flip at a plane in front that loses none."
)
_KEPT: Final = (
    "Caddy saves what it was told and comes back with it only if it runs with `--resume`; any "
    "`caddy reload` puts the weights of its file back, which shows as drift."
)


def findings(config: CaddyConfig, read: Callable[[], Balance]) -> Iterator[Finding]:
    """Everything, up to the first question that has no answer."""
    what = f"Caddy at {config.host}"
    yield from protection(config, "the weights")
    now = read()
    told = "Caddy answers, and its admin API knows no roles: whoever reaches it may change all."
    yield Finding(ok=True, what=what, sentence=told)
    yield Finding(ok=True, what=config.handler, sentence=f"Its weights: {now}.")
    yield from map(_stranger, now.strangers)
    yield from _order(config, now)
    yield _health(config, now)
    yield Finding(ok=True, what="flips", sentence=_COST)
    yield Finding(ok=True, what="reload", sentence=_KEPT)


def _stranger(dial: str) -> Finding:
    told = (
        f"{dial} takes traffic too and is neither BLUE nor GREEN: nothing goes to GREEN until "
        "it is named in `blue` or `green`, or has the weight 0."
    )
    return Finding(ok=False, what=f"upstream {dial}", sentence=told)


def _order(config: CaddyConfig, now: Balance) -> Iterator[Finding]:
    if not now.ordered:
        told = (
            "Caddy lists other upstreams, or these in another order than `blue`, then `green`. "
            "Flips heed that, but the break-glass sheet would only say STOP: list them so."
        )
        yield Finding(ok=False, what=f"order of {config.handler}", sentence=told)


def _health(config: CaddyConfig, now: Balance) -> Finding:
    what = f"health checks of {config.handler}"
    if now.checked:
        told = "Caddy leaves out an upstream that is ill; the others then share its part."
        return Finding(ok=True, what=what, sentence=told)
    told = (
        "Caddy does not look after the upstreams' health: requests to a dead one get 502. Give the "
        "handler `health_checks`."
    )
    return Finding(ok=False, what=what, sentence=told)
