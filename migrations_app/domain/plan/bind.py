"""Bind a plan to one environment: what a run executes, frozen, and its snapshot."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from pydantic import Field

from migrations_app.domain.envref import substitute
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.base import Name, Strict
from migrations_app.domain.plan.environment import (
    ChannelBinding,
    Environment,
    EnvironmentKind,
    RouteBinding,
    SourceBinding,
)
from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.plan.schema import Moves, Plan, Topic

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.phase import Phase
    from migrations_app.domain.plan.plain import JsonObject

T = TypeVar("T")


class BoundPlan(Strict):
    """One plan in one environment. Variables are filled in; `${env:NAME}` stays a reference.

    `plan` holds no environments any more: what it needs of its own is in `routes`, `sources` and
    `channels`.
    """

    version: Literal[1] = 1
    environment: Name
    kind: EnvironmentKind
    plan: Plan
    routes: dict[Name, RouteBinding] = Field(default_factory=dict)
    sources: dict[Name, SourceBinding] = Field(default_factory=dict)
    channels: dict[Name, ChannelBinding] = Field(default_factory=dict)

    def check(self, name: str) -> Check:
        """The check called `name`; `KeyError` if there is none."""
        return {check.name: check for check in self.plan.checks}[name]

    def phase(self, name: str) -> Phase:
        """The phase called `name`; `KeyError` if there is none."""
        return {phase.name: phase for phase in self.plan.phases}[name]

    def topics(self, channel: str) -> tuple[Topic, ...]:
        """What `channel` is told: everything, unless the plan says otherwise."""
        return self.plan.channels.get(channel, tuple(Topic))

    def whole(self) -> Plan:
        """A plan again, with the one environment it is bound to and nothing left to fill in."""
        environment = Environment(
            kind=self.kind, routes=self.routes, sources=self.sources, channels=self.channels
        )
        return self.plan.model_copy(update={"environments": {self.environment: environment}})

    def to_snapshot(self) -> JsonObject:
        """Everything, defaults included, as JSON: what it means must not change with our code."""
        return self.model_dump(mode="json")

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, object]) -> Self:
        """What `to_snapshot` was made from."""
        return cls.model_validate(snapshot)

    @property
    def sha256(self) -> str:
        """Hex digest of the snapshot."""
        return digest(self.to_snapshot())


def digest(snapshot: Mapping[str, object]) -> str:
    """SHA-256 of a snapshot's canonical JSON, in hex. The order of keys does not matter."""
    text = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def bind(plan: Plan, environment: str) -> BoundPlan:
    """`plan` as a run in `environment` executes it.

    `ConfigError` names an environment, a binding or a variable that is missing.
    """
    if environment not in plan.environments:
        hint = nearest(environment, plan.environments)
        raise ConfigError(f'there is no environment "{environment}".{hint}', "environments")
    chosen, path = plan.environments[environment], f"environments.{environment}"
    checks = tuple(filled(one, chosen, f"checks[{at}]") for at, one in enumerate(plan.checks))
    used = dict.fromkeys(check.source for check in checks)
    return BoundPlan(
        environment=environment,
        kind=chosen.kind,
        plan=plan.model_copy(update={"checks": checks, "environments": {}}),
        routes=_chosen(routed(plan, chosen), [one.name for one in plan.routes], f"{path}.routes"),
        sources=_chosen(chosen.sources, used, f"{path}.sources"),
        channels=chosen.channels,
    )


def routed(plan: Plan, environment: Environment) -> dict[str, RouteBinding]:
    """The routes of `environment`; the driver of a mirror is told that it moves one."""
    mirrors = {route.name for route in plan.routes if route.moves is Moves.MIRROR}
    told = {"moves": Moves.MIRROR.value}
    return {
        name: one.model_copy(update={"config": {**one.config, **told}}) if name in mirrors else one
        for name, one in environment.routes.items()
    }


def filled(check: Check, environment: Environment, path: str) -> Check:
    """`check` with the variables of `environment` in its queries; `path` says where it stands."""
    texts = {
        field: substitute(text, environment.vars, f"{path}.{field}")
        for field in ("query", "blue_query", "samples_query")
        if (text := getattr(check, field)) is not None
    }
    return check.model_copy(update=texts | _baseline(check, environment, path))


def _chosen(bindings: Mapping[str, T], names: Collection[str], path: str) -> dict[str, T]:
    missing = [name for name in names if name not in bindings]
    if missing:
        raise ConfigError(f"binds nothing to {', '.join(missing)}: add it.", path)
    return {name: bindings[name] for name in names}


def _baseline(check: Check, environment: Environment, path: str) -> dict[str, object]:
    if check.baseline is None or check.baseline.query is None:
        return {}
    query = substitute(check.baseline.query, environment.vars, f"{path}.baseline.query")
    return {"baseline": check.baseline.model_copy(update={"query": query})}
