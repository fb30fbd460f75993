"""What lint may ask of the world outside, handed in so that the domain stays pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.capabilities import Capabilities
    from migrations_app.domain.plan.environment import RouteBinding, SourceBinding


Cannot: TypeAlias = "Callable[[RouteBinding, Decimal], str | None]"
Invalid: TypeAlias = "Callable[[SourceBinding, str], str | None]"
Lag: TypeAlias = "Callable[[RouteBinding], float]"


class Configured(Protocol):
    """A driver, source or channel class: it has the schema of its own configuration."""

    Config: ClassVar[type[BaseModel]]


class Moving(Configured, Protocol):
    """A driver class."""

    capabilities: ClassVar[Capabilities]


class Telling(Configured, Protocol):
    """A source class; `past`: whether it can tell what was."""

    past: ClassVar[bool]


Kind_co = TypeVar("Kind_co", bound=Configured, covariant=True)


class Kinds(Protocol[Kind_co]):
    """A registry: `load` raises `ConfigError`, naming the nearest known kind."""

    def load(self, kind: str) -> type[Kind_co]: ...


@dataclass(frozen=True, slots=True)
class Seams:
    """`cannot` says why a route can't take a weight, `invalid` why a source refuses a query; None
    when all is well. `lag` says how many seconds clients follow a route late. They raise
    `ConfigError` or `SeamError` when they can't tell. Without one of them its rule is not checked.
    """

    drivers: Kinds[Moving]
    sources: Kinds[Telling]
    channels: Kinds[Configured]
    cannot: Cannot | None = None
    invalid: Invalid | None = None
    lag: Lag | None = None
