"""What Unleash's answer about a feature means for its users. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.flags.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.flags.unleash.config import UnleashConfig

GRADUAL = "flexibleRollout"
STEADY = frozenset({"default", "userId", "sessionId"})
NOBODY = Decimal(0)


class Strategy(BaseModel):
    id: str
    name: str
    disabled: bool = False
    parameters: dict[str, Any] = {}
    constraints: list[Any] = []
    segments: list[Any] = []
    variants: list[Any] = []

    @property
    def rollout(self) -> str:
        return str(self.parameters.get("rollout", ""))

    @property
    def narrowed(self) -> bool:
        """Whether it is for some users only."""
        return bool(self.constraints or self.segments)

    @property
    def listed(self) -> bool:
        """Older strategies that name their users; everybody else is untouched."""
        return self.name in {"userWithId", "remoteAddress", "applicationHostname"}

    @property
    def idle(self) -> bool:
        return self.disabled or (self.name == GRADUAL and share(self.rollout) == NOBODY)


class Environment(BaseModel):
    name: str
    enabled: bool
    strategies: list[Strategy] = []


class Feature(BaseModel):
    name: str
    archived: bool = False
    stale: bool = False
    environments: list[Environment]
    dependencies: list[Any] = []


def share(rollout: str) -> Decimal | None:
    """A rollout that Unleash's SDKs understand: a whole number from 0 to 100."""
    return Decimal(rollout) if re.fullmatch(r"\d{1,2}|100", rollout, re.ASCII) else None


def seen(feature: Feature, config: UnleashConfig) -> Seen:
    """`Permanent` when the environment or the strategy is not there."""
    there = _environment(feature, config)
    ours = _strategy(there, config)
    written = share(ours.rollout)
    off = _off(feature, there, ours, config)
    detail = f"rollout {ours.rollout} %" + (", but off" if off else "")
    return Seen(
        written=written,
        weight=NOBODY if off or written is None else written,
        token=ours.rollout,
        detail=detail,
        off=off,
        doubts=tuple(_doubts(there, ours, config)),
        findings=tuple(_findings(feature, there, ours)),
        state=ours.rollout,
    )


def _environment(feature: Feature, config: UnleashConfig) -> Environment:
    for one in feature.environments:
        if one.name == config.environment:
            return one
    names = ", ".join(one.name for one in feature.environments) or "none"
    raise Permanent(
        f"{config.feature} has no environment {config.environment}: it has {names}. Correct "
        "`environment`."
    )


def _strategy(there: Environment, config: UnleashConfig) -> Strategy:
    for one in there.strategies:
        if one.id == config.strategy and one.name == GRADUAL:
            return one
    ids = ", ".join(one.id for one in there.strategies if one.name == GRADUAL)
    advice = f"it has {ids}" if ids else "it has none: add one"
    raise Permanent(
        f"{config.feature} has no gradual rollout {config.strategy} in {there.name}: {advice}. "
        "Correct `strategy`."
    )


def _off(feature: Feature, there: Environment, ours: Strategy, config: UnleashConfig) -> str:
    if feature.archived:
        return f"{feature.name} is archived, so everybody is on BLUE: revive it."
    if not there.enabled:
        return f"{feature.name} is off in {there.name}, so everybody is on BLUE: turn it on."
    if ours.disabled:
        return f"The strategy {config.strategy} is disabled: enable it."
    return ""


def _doubts(there: Environment, ours: Strategy, config: UnleashConfig) -> Iterator[str]:
    if share(ours.rollout) is None:
        yield (
            f'The rollout of {config.strategy} is "{ours.rollout}", which is no whole number from '
            "0 to 100: SDKs make of it what they like. Correct it."
        )
    for one in there.strategies if there.enabled else []:
        if one.id != ours.id and not (one.idle or one.narrowed or one.listed):
            yield (
                f"The strategy {one.id} ({one.name}) puts users on GREEN too, whatever the rollout "
                "of ours: disable it, or constrain it to testers."
            )


def _findings(feature: Feature, there: Environment, ours: Strategy) -> Iterator[Finding]:
    for one in there.strategies:
        if one.id != ours.id and not one.idle and (one.narrowed or one.listed):
            yield _bad(
                f"The strategy {one.id} ({one.name}) keeps some users on GREEN, also after a "
                "rollback to 0 %. Have it disabled with a rollback if they matter."
            )
    if ours.narrowed:
        yield _bad(
            "The gradual rollout has constraints or segments: its share is a share of those users "
            "only, and everybody else stays on BLUE."
        )
    if (kept := ours.parameters.get("stickiness", "default")) not in STEADY:
        yield _bad(
            f'Its stickiness is "{kept}": with "random", or with a field that users may lack, one '
            "user is on GREEN and on BLUE in turn. Use default, userId or sessionId."
        )
    if feature.dependencies:
        yield _bad(f"{feature.name} depends on other flags: where they are off, GREEN gets none.")


def _bad(sentence: str) -> Finding:
    return Finding(ok=False, what="strategy", sentence=sentence)
