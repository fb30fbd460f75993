"""A `reverse_proxy` handler as Caddy's configuration has it, and its weights. Pure.

Weights belong to upstreams by their position only, so both are always read together. Caddy 2.11
checks that one weight is positive; older ones divide by their sum, and none checks their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field, ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.exact import each
from migrations_app.drivers.scale import Parts
from migrations_app.drivers.share import cents

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.drivers.caddy.config import CaddyConfig

POLICY: Final = "weighted_round_robin"


class _Upstream(BaseModel):
    dial: str = ""


class _Policy(BaseModel):
    policy: str = "random"
    weights: list[int] = Field(default_factory=list)


class _Balancing(BaseModel):
    selection_policy: _Policy = Field(default_factory=_Policy)


class _Handler(BaseModel):
    handler: str
    upstreams: list[_Upstream] = Field(default_factory=list)
    dynamic_upstreams: Any = None
    load_balancing: _Balancing = Field(default_factory=_Balancing)
    health_checks: Any = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Every upstream with its weight, in Caddy's order. Adds up to more than 0."""

    weights: tuple[tuple[str, int], ...]
    blues: tuple[str, ...]
    greens: tuple[str, ...]
    checked: bool  # whether Caddy looks after their health

    @property
    def share(self) -> Decimal:
        """GREEN's, in percent."""
        green = sum(weight for dial, weight in self.weights if dial in self.greens)
        return cents(Fraction(green, sum(weight for _, weight in self.weights)))

    @property
    def strangers(self) -> tuple[str, ...]:
        """Who takes traffic too and is neither BLUE nor GREEN."""
        known = {*self.blues, *self.greens}
        return tuple(dial for dial, weight in self.weights if weight and dial not in known)

    @property
    def left(self) -> tuple[str, ...]:
        """The upstreams of the side that gets nothing new; none while both are in use."""
        idle = {dial for dial, weight in self.weights if not weight}
        return next((side for side in (self.blues, self.greens) if idle.issuperset(side)), ())

    @property
    def ordered(self) -> bool:
        """Whether it lists BLUE's upstreams, then GREEN's, and nothing else."""
        return tuple(dial for dial, _ in self.weights) == self.blues + self.greens

    def policy(self, weight: Decimal) -> dict[str, object]:
        """What is written for `weight`: a number for every upstream, in Caddy's order.

        `Permanent` while others take traffic too, but for the way back: then BLUE takes over what
        GREEN had, and the others keep theirs.
        """
        parts = each(weight, len(self.blues), len(self.greens))
        now = dict(self.weights)
        if self.strangers:
            ours = sum(now[dial] for dial in self.blues + self.greens)
            parts = Parts(self._only_back(weight, max(1, ours // len(self.blues))), 0)
        now |= dict.fromkeys(self.blues, parts.blue) | dict.fromkeys(self.greens, parts.green)
        return {"policy": POLICY, "weights": [now[dial] for dial, _ in self.weights]}

    def _only_back(self, weight: Decimal, blue: int) -> int:
        if weight:
            raise Permanent(
                f"{', '.join(self.strangers)} takes traffic too and is neither BLUE nor GREEN: "
                "name it in `blue` or `green`, or give it the weight 0."
            )
        return blue

    def __str__(self) -> str:
        return ", ".join(f"{dial} {weight}" for dial, weight in self.weights)


def balance(config: CaddyConfig, body: bytes) -> Balance:
    """The weights in Caddy's answer; `Permanent` says what to change if it can't be weighed."""
    handler = _parsed(config, body)
    _weighable(config, handler)
    dials = [upstream.dial for upstream in handler.upstreams]
    weights = handler.load_balancing.selection_policy.weights
    if missing := [dial for dial in config.blue + config.green if dial not in dials]:
        raise Permanent(f"{config.handler} has no upstream {', '.join(missing)}: it has {dials}.")
    if len(weights) != len(dials) or min(weights) < 0 or not any(weights):
        raise Permanent(
            f"{config.handler} has the weights {weights} for the upstreams {dials}: give one to "
            "each, such as 1 for BLUE and 0 for GREEN."
        )
    pairs = tuple(zip(dials, weights, strict=True))
    if len(set(dials)) < len(dials):
        raise Permanent(f"{config.handler} lists an upstream twice: {', '.join(dials)}.")
    return Balance(pairs, config.blue, config.green, bool(handler.health_checks))


def _parsed(config: CaddyConfig, body: bytes) -> _Handler:
    try:
        return _Handler.model_validate_json(body)
    except ValidationError as error:
        raise Permanent(
            f"{config.url}/{config.handler} is no reverse_proxy handler of Caddy's."
        ) from error


def _weighable(config: CaddyConfig, handler: _Handler) -> None:
    policy = handler.load_balancing.selection_policy.policy
    if handler.handler != "reverse_proxy" or handler.dynamic_upstreams:
        raise Permanent(
            f"{config.handler} is a `{handler.handler}` handler with "
            f"{'dynamic' if handler.dynamic_upstreams else 'fixed'} upstreams: weights need a "
            "`reverse_proxy` with fixed ones."
        )
    if policy != POLICY:
        raise Permanent(
            f"{config.handler} balances by `{policy}`, which has no weights: set its "
            f'load_balancing.selection_policy to {{"policy": "{POLICY}", "weights": […]}}.'
        )
