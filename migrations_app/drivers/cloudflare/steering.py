"""What pools of a load balancer and origins of a pool have in common."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.scale import Parts
    from migrations_app.wire.shape import Shape

# What Cloudflare's API calls `result`.
Result = Mapping[str, Any]
# GREEN's share while both weights are 0: one that confirms no flip, as no plan asks for it.
NOBODYS = Decimal("0.01")


class Steering(Protocol):
    """One way in which Cloudflare weighs two sides. Pure."""

    path: str  # below the API's address
    said: str  # what it is, for people
    shape: type[Shape]

    def weights(self, result: Result) -> dict[str, float]:
        """By pool or origin. `Permanent` where there is nothing to weigh."""
        ...

    def body(self, result: Result, parts: Parts) -> dict[str, Any]:
        """What is sent: the whole of what Cloudflare replaces as a whole."""
        ...

    def compared(self, result: Result) -> object:
        """What another hand may have changed."""
        ...

    def findings(self, result: Result) -> Iterator[Finding]: ...

    def filter(self, parts: Parts) -> tuple[str, str]:
        """For `jq`: what to send, made of what was read; and what to look at afterwards."""
        ...


def known(weights: Mapping[str, float], blue: str, green: str, said: str) -> tuple[float, float]:
    """BLUE's and GREEN's weight, where nobody else takes a part."""
    for name in (blue, green):
        if name not in weights:
            raise Permanent(f"{name} is not in {said}: check blue and green.")
    for name, weight in weights.items():
        if weight and name not in {blue, green}:
            raise Permanent(
                f"{name} takes traffic of {said} too and is neither BLUE nor GREEN, so a share "
                "would not be what it says. Give it weight 0 first."
            )
    return weights[blue], weights[green]


def share(blue: float, green: float) -> Decimal:
    told = share_of(blue, green)
    return NOBODYS if told is None else told


def hundredths(part: int) -> float:
    """A part of a hundred as Cloudflare writes it."""
    return float(Decimal(part) / 100)
