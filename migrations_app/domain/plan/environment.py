"""Environments bind one plan to different routes, sources and channels."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from migrations_app.domain.plan.base import (
    Config,
    Duration,
    Kind,
    Line,
    Name,
    Strict,
    Text,
    Variable,
)


class EnvironmentKind(StrEnum):
    """A rehearsal is a run like any other; only production counts."""

    REHEARSAL = "rehearsal"
    PRODUCTION = "production"


class RouteBinding(Strict):
    """The driver that moves a route here, and its configuration with `${env:NAME}` unresolved."""

    driver: Kind
    config: Config = Field(default_factory=dict)


class SourceBinding(Strict):
    """Where readings come from here. `interval` is the time between two readings of a check."""

    kind: Kind
    config: Config = Field(default_factory=dict)
    interval: Duration = timedelta(seconds=5)


class ChannelBinding(Strict):
    """Where messages go from here."""

    kind: Kind
    config: Config = Field(default_factory=dict)


class Environment(Strict):
    """`vars` replace `${var:NAME}` in queries. Keys of the rest are names used by the plan."""

    kind: EnvironmentKind
    title: Line | None = None
    routes: dict[Name, RouteBinding] = Field(default_factory=dict)
    sources: dict[Name, SourceBinding] = Field(default_factory=dict)
    channels: dict[Name, ChannelBinding] = Field(default_factory=dict)
    vars: dict[Variable, Text] = Field(default_factory=dict)
