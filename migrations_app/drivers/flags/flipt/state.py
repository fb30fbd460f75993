"""What Flipt's answer about a boolean flag means for its users. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.digest import digest
from migrations_app.drivers.flags.seen import Seen
from migrations_app.drivers.share import cents_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.flags.flipt.config import FliptConfig

BOOLEAN = "BOOLEAN_FLAG_TYPE"
TO_ALL = Decimal(100)


class Threshold(BaseModel):
    """Flipt leaves out what is zero or false."""

    percentage: float = 0.0
    value: bool = False


class Rollout(BaseModel):
    id: str = ""
    threshold: Threshold | None = None
    segment: Any = None


class FlagPayload(BaseModel):
    key: str
    type: str = ""
    name: str = ""
    enabled: bool = False
    rollouts: list[Rollout] = []


def ours(flag: FlagPayload, config: FliptConfig) -> Threshold:
    """The one threshold we write; `Permanent` when there is none, or no telling which."""
    if flag.type != BOOLEAN:
        raise Permanent(f"{flag.key} is no boolean flag: only those have a threshold rollout.")
    found = [
        one.threshold
        for one in flag.rollouts
        if one.threshold is not None and (config.rollout is None or one.id == config.rollout)
    ]
    if len(found) == 1:
        return found[0]
    ids = ", ".join(one.id for one in flag.rollouts if one.threshold) or "none"
    what = f"no threshold rollout {config.rollout}: it has {ids}" if config.rollout else (
        f"{len(found)} threshold rollouts: leave exactly one"
    )  # fmt: skip
    raise Permanent(f"{flag.key} has {what}.")


def seen(flag: FlagPayload, config: FliptConfig, state: Any) -> Seen:
    """`state` is kept for the next write."""
    threshold = ours(flag, config)
    straight = threshold.value == config.green and flag.enabled != config.green
    share = Decimal(str(threshold.percentage))
    return Seen(
        written=share if straight else None,
        weight=min(share.quantize(Decimal("0.01")), TO_ALL),
        token=digest([flag.model_dump(), config.rollout]),
        detail=f"threshold {plain(share)} % {str(threshold.value).lower()}, otherwise "
        f"{str(flag.enabled).lower()}",
        doubts=tuple(_doubts(flag, threshold, share, config)),
        findings=tuple(_findings(flag)),
        state=state,
    )


def _doubts(
    flag: FlagPayload, threshold: Threshold, share: Decimal, config: FliptConfig
) -> Iterator[str]:
    green, blue = str(config.green).lower(), str(not config.green).lower()
    if threshold.value != config.green:
        yield f"The threshold of {flag.key} gives {blue}, which is BLUE: let it give {green}."
    if flag.enabled == config.green:
        yield f"{flag.key} is {green} by default, so everybody is on GREEN: let it be {blue}."
    if not 0 <= share <= TO_ALL:
        yield f"The threshold of {flag.key} is {cents_of(share)} %, which is no share."
    others = sum(one.threshold is not None for one in flag.rollouts) - 1
    if others:
        yield f"{flag.key} has {others} more threshold rollouts, which add to ours: leave one."


def _findings(flag: FlagPayload) -> Iterator[Finding]:
    if any(one.segment for one in flag.rollouts):
        sentence = (
            "It has segment rollouts: whoever they match stays where they say, also after a "
            "rollback to 0 %."
        )
        yield Finding(ok=False, what="segments", sentence=sentence)
