"""What LaunchDarkly's answer about a flag means for one environment. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.flags.seen import Seen
from migrations_app.drivers.scale import share_of
from migrations_app.drivers.share import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrations_app.drivers.flags.launchdarkly.config import LaunchDarklyConfig

ALL, NONE = Decimal(100), Decimal(0)
UNIT = 1000  # weights are thousandths of a percent


class Variation(BaseModel):
    id: str = Field(alias="_id")
    name: str = ""


class Weighted(BaseModel):
    variation: int
    weight: int


class Rollout(BaseModel):
    variations: list[Weighted]
    contextKind: str | None = None
    bucketBy: str | None = None


class Fallthrough(BaseModel):
    """Either of the two."""

    variation: int | None = None
    rollout: Rollout | None = None

    def weights(self) -> dict[int, int]:
        """By variation index."""
        if self.rollout is None:
            return {} if self.variation is None else {self.variation: 100 * UNIT}
        found: dict[int, int] = {}
        for one in self.rollout.variations:
            found[one.variation] = found.get(one.variation, 0) + one.weight
        return found


class Environment(BaseModel):
    on: bool
    version: int
    archived: bool = False
    fallthrough: Fallthrough = Fallthrough()
    offVariation: int | None = None
    targets: list[Any] = []
    contextTargets: list[Any] = []
    rules: list[Any] = []
    prerequisites: list[Any] = []


class Flag(BaseModel):
    key: str
    archived: bool = False
    variations: list[Variation]
    environments: dict[str, Environment]


class Sides(BaseModel):
    """Indexes of the two variations, and the fallthrough they stand in."""

    blue: int
    green: int
    fallthrough: Fallthrough
    version: int


def seen(flag: Flag, config: LaunchDarklyConfig) -> Seen:
    """`Permanent` when the environment or a variation is not there."""
    there = _environment(flag, config)
    indexes = {one.id: index for index, one in enumerate(flag.variations)}
    if missing := [side for side in (config.blue, config.green) if side not in indexes]:
        known = ", ".join(f"{one.id} ({one.name})" for one in flag.variations)
        raise Permanent(f"{flag.key} has no variation {missing[0]}: it has {known}.")
    sides = Sides(
        blue=indexes[config.blue],
        green=indexes[config.green],
        fallthrough=there.fallthrough,
        version=there.version,
    )
    weights = there.fallthrough.weights()
    written = _share(weights, sides)
    off = _off(flag, there, config)
    share = f"{plain(written)} %" if written is not None else "no share"
    return Seen(
        written=written,
        weight=(_when_off(there, sides) if off else written) or NONE,
        token=str(there.version),
        detail=f"green {share} of the fallthrough{', but off' if off else ''}",
        off=off,
        doubts=tuple(_doubts(weights, there, sides, off)),
        findings=tuple(_findings(there)),
        state=sides,
    )


def _environment(flag: Flag, config: LaunchDarklyConfig) -> Environment:
    try:
        return flag.environments[config.environment]
    except KeyError:
        names = ", ".join(flag.environments) or "none that we may see"
        raise Permanent(
            f"{flag.key} has no environment {config.environment}: it has {names}."
        ) from None


def _share(weights: Mapping[int, int], sides: Sides) -> Decimal | None:
    """None where a third side has a part."""
    if _others(weights, sides):
        return None
    return share_of(weights.get(sides.blue, 0), weights.get(sides.green, 0))


def _others(weights: Mapping[int, int], sides: Sides) -> set[int]:
    return {index for index, weight in weights.items() if weight} - {sides.blue, sides.green}


def _when_off(there: Environment, sides: Sides) -> Decimal:
    return ALL if there.offVariation == sides.green else NONE


def _off(flag: Flag, there: Environment, config: LaunchDarklyConfig) -> str:
    if flag.archived or there.archived:
        return f"{flag.key} is archived: restore it."
    if not there.on:
        return f"{flag.key} is off in {config.environment}: turn it on."
    return ""


def _doubts(
    weights: Mapping[int, int], there: Environment, sides: Sides, off: str
) -> Iterator[str]:
    if others := _others(weights, sides):
        yield (
            f"The fallthrough also serves variation {min(others)}, which is neither BLUE nor "
            "GREEN: take it out, or name it."
        )
    if off and there.offVariation not in {sides.blue, sides.green}:
        yield (
            "While it is off everybody gets a variation that is neither BLUE nor GREEN: make BLUE "
            "the off variation."
        )


def _findings(there: Environment) -> Iterator[Finding]:
    kept = {
        "individual targets": there.targets or there.contextTargets,
        "targeting rules": there.rules,
        "prerequisites": there.prerequisites,
    }
    for what, found in kept.items():
        if found:
            sentence = (
                f"It has {what}, which come before the share: whoever they match stays where they "
                "say, also after a rollback to 0 %."
            )
            yield Finding(ok=False, what=what, sentence=sentence)
