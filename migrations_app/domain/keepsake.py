"""What a machine remembers of a run, so that it can be brought back without PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from migrations_app.domain.timeline import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.plan.plain import JsonObject
    from migrations_app.domain.timeline import Json


@dataclass(frozen=True, slots=True)
class KeptRoute:
    """`config` as the plan has it: secrets are names of the environment, not values."""

    name: str
    driver: str
    config: JsonObject
    rank: int
    baseline: Decimal


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A run as of `at`. `people` may roll back. `typed`: what has to be typed to go back past the
    point of no return; empty before it."""

    run: int
    migration: str
    environment: str
    leg: int
    at: datetime
    people: tuple[str, ...]
    typed: str
    routes: tuple[KeptRoute, ...]


def as_json(kept: Keepsake) -> dict[str, Json]:
    """To be sealed."""
    return cast("dict[str, Json]", plain(asdict(kept)))


def from_json(data: Mapping[str, Any]) -> Keepsake:
    """What `as_json` made."""
    routes = tuple(
        KeptRoute(**{**route, "baseline": Decimal(route["baseline"])}) for route in data["routes"]
    )
    return Keepsake(**{
        **data, "at": datetime.fromisoformat(data["at"]), "people": tuple(data["people"]),
        "routes": routes,
    })  # fmt: skip
