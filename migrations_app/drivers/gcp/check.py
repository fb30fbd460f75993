"""What would keep a flip through a URL map from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.gcp.maps import mirrored, weights
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.gcp.compute import Compute
    from migrations_app.drivers.gcp.config import UrlMapConfig
    from migrations_app.wire.deadline import Deadline


def examine(compute: Compute, config: UrlMapConfig, deadline: Deadline) -> Iterator[Finding]:
    """Everything, up to the first question that is not answered."""
    yield from protection(config, "the weights we read")
    try:
        look = mirrored if config.moves == "mirror" else weights
        look(compute.url_map(deadline), config)
        yield Finding(ok=True, what=config.said, sentence="it answers, and has what we move.")
        for name in (config.blue, config.green):
            service = compute.service(name, deadline)
            yield from _service(name, service, config)
            yield from _health(name, service, compute, deadline)
    except SeamError as error:
        yield Finding(ok=False, what=config.said, sentence=str(error))


def _health(
    name: str, service: dict[str, Any], compute: Compute, deadline: Deadline
) -> Iterator[Finding]:
    """Serverless backends have none, and Google refuses to tell it."""
    what = f"health of {name}"
    groups = [one["group"] for one in service.get("backends", ()) if "group" in one]
    try:
        states = [state for group in groups for state in compute.health(name, group, deadline)]
    except Permanent as refusal:
        sentence = f"Google does not tell it ({refusal}); serverless backends have none."
        yield Finding(ok=True, what=what, sentence=sentence)
        return
    if not groups:
        return
    well = states.count("HEALTHY")
    sentence = f"{well} of its {len(states)} endpoints are healthy."
    if not well:
        sentence += " Requests sent there get 502 or 503. Start it, or mend its health check."
    yield Finding(ok=well == len(states) > 0, what=what, sentence=sentence)


def _service(name: str, service: dict[str, Any], config: UrlMapConfig) -> Iterator[Finding]:
    what = f"backend service {name}"
    if not service.get("backends"):
        sentence = (
            "it has no backends: requests sent there get 502. Add an instance or network group."
        )
        yield Finding(ok=False, what=what, sentence=sentence)
    affinity = service.get("sessionAffinity", "NONE")
    if affinity != "NONE" and config.moves == "share":
        sentence = (
            f"it keeps clients where they are ({affinity}), and Google advises against that "
            "together with weights. Set its session affinity to NONE."
        )
        yield Finding(ok=False, what=what, sentence=sentence)
    if service.get("backends") and affinity == "NONE":
        seconds = service.get("connectionDraining", {}).get("drainingTimeoutSec", 0)
        sentence = f"it has backends and no affinity; connections drain for {seconds} s."
        yield Finding(ok=True, what=what, sentence=sentence)
