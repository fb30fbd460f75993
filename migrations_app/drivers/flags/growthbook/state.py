"""What GrowthBook's answer about a feature means for one environment. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.flags.seen import Seen
from migrations_app.drivers.share import CENT, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.flags.growthbook.config import GrowthBookConfig

NOBODY, ALL = Decimal(0), Decimal(100)
ANYBODY = frozenset({"", "{}"})


class Rule(BaseModel):
    id: str
    type: str
    enabled: bool = True
    value: str = ""
    coverage: float | None = None
    condition: str = ""
    savedGroupTargeting: list[Any] = []
    prerequisites: list[Any] = []
    scheduleType: str = "none"
    rampScheduleId: str = ""
    allEnvironments: bool = False
    environments: list[str] = []

    @property
    def narrowed(self) -> bool:
        """Whether it is for some users only."""
        some = self.condition.strip() not in ANYBODY
        return some or bool(self.savedGroupTargeting or self.prerequisites)

    @property
    def scheduled(self) -> bool:
        return self.scheduleType != "none" or bool(self.rampScheduleId)

    def holds(self, environment: str) -> bool:
        return self.enabled and (self.allEnvironments or environment in self.environments)


class Environment(BaseModel):
    enabled: bool


class Revision(BaseModel):
    version: int


class Feature(BaseModel):
    id: str
    archived: bool = False
    defaultValue: str
    rules: list[Rule]
    environments: dict[str, Environment]
    prerequisites: list[str] = []
    holdout: Any = None
    revision: Revision


class Found(BaseModel):
    feature: Feature


def seen(feature: Feature, config: GrowthBookConfig) -> Seen:
    """`Permanent` when the environment or the rule is not there."""
    there = _environment(feature, config)
    ours = _rule(feature, config)
    share = (Decimal(str(ours.coverage)) * 100).quantize(CENT)
    off = _off(feature, there, ours, config)
    return Seen(
        written=share,
        weight=NOBODY if off else share,
        token=str(feature.revision.version),
        detail=f"coverage {plain(share)} %, revision {feature.revision.version}"
        + (", but off" if off else ""),
        off=off,
        doubts=tuple(_doubts(feature, ours, config)),
        findings=tuple(_findings(feature, ours, config)),
        state=feature.revision.version,
    )


def _environment(feature: Feature, config: GrowthBookConfig) -> Environment:
    try:
        return feature.environments[config.environment]
    except KeyError:
        names = ", ".join(feature.environments) or "none"
        raise Permanent(
            f"{feature.id} has no environment {config.environment}: it has {names}."
        ) from None


def _rule(feature: Feature, config: GrowthBookConfig) -> Rule:
    rollouts = {one.id: one for one in feature.rules if one.coverage is not None}
    rule = rollouts.get(config.rule)
    if rule is None or rule.type != "rollout":
        names = ", ".join(rollouts) or "none: add one"
        raise Permanent(f"{feature.id} has no rollout rule {config.rule}: it has {names}.")
    return rule


def _off(feature: Feature, there: Environment, ours: Rule, config: GrowthBookConfig) -> str:
    if feature.archived:
        return f"{feature.id} is archived: everybody has the application's own default. Restore it."
    if not there.enabled:
        return (
            f"{feature.id} is off in {config.environment}: everybody has the application's own "
            "default, which has to be BLUE. Turn it on."
        )
    if not ours.holds(config.environment):
        return f"The rule {ours.id} does not hold in {config.environment}: enable it there."
    return ""


def _doubts(feature: Feature, ours: Rule, config: GrowthBookConfig) -> Iterator[str]:
    if feature.defaultValue == ours.value:
        yield (
            f"{feature.id} has by default the value that our rule gives, so everybody is on GREEN: "
            "make BLUE's the default."
        )
    for one in feature.rules:
        if one.id != ours.id and one.holds(config.environment) and not one.narrowed:
            yield (
                f"The rule {one.id} ({one.type}) is for everybody too, so coverage is not the "
                "share: disable it, or narrow it to testers."
            )
    if ours.scheduled:
        yield f"A schedule moves the rule {ours.id} by itself: take the schedule away."


def _findings(feature: Feature, ours: Rule, config: GrowthBookConfig) -> Iterator[Finding]:
    for one in feature.rules:
        if one.id != ours.id and one.holds(config.environment) and one.narrowed:
            yield _bad(
                f"The rule {one.id} ({one.type}) decides for some users, also after a rollback "
                "to 0 %."
            )
    if ours.narrowed:
        yield _bad("Our rule is narrowed: its coverage is a share of those users only.")
    if ours.allEnvironments or len(ours.environments) > 1:
        yield _bad("Our rule holds in other environments too: each flip moves all of them.")
    if feature.prerequisites or feature.holdout:
        yield _bad("Prerequisites or a holdout decide before the rules.")


def _bad(sentence: str) -> Finding:
    return Finding(ok=False, what="rules", sentence=sentence)
