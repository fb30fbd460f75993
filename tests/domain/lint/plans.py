"""A plan that nothing is wrong with, and a way to break it in one place."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

from migrations_app.domain.capabilities import Capabilities
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.lint.seams import Seams
from migrations_app.domain.lint.table import lint
from migrations_app.domain.plan.schema import Plan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from migrations_app.domain.plan.problem import Problem


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: str = "localhost:1"
    port: int = 1
    pin: SecretStr | None = None
    headers: dict[str, SecretStr] = {}
    codes: tuple[SecretStr, ...] = ()

    @field_validator("address")
    @classmethod
    def _address(cls, text: str) -> str:
        if ":" not in text:
            raise ValueError("an address looks like host:port")
        return text


class Fake:
    Config: ClassVar[type[BaseModel]] = Settings
    capabilities: ClassVar[Capabilities] = Capabilities()
    past: ClassVar[bool] = False


class Kinds:
    def load(self, kind: str) -> type[Fake]:
        if kind != "fake":
            raise ConfigError(f'there is no thing of kind "{kind}".')
        return Fake


SEAMS = Seams(Kinds(), Kinds(), Kinds())

PRODUCTION: dict[str, Any] = {
    "kind": "production",
    "routes": {"web": {"driver": "fake", "config": {"address": "${env:ADDRESS}"}}},
    "sources": {"metrics": {"kind": "fake", "interval": "5s"}},
    "channels": {"room": {"kind": "fake", "config": {"pin": "${env:PIN}"}}},
    "vars": {"green": 'track="green"'},
}

GOOD: dict[str, Any] = {
    "migration": "m",
    "title": "T",
    "objectives": {
        "slo": {"availability": "99.9 %"},
        "error_budget": {"share": "10 %", "window": "30d"},
        "rpo": "0s",
        "rto": "5m",
    },
    "roles": {"dri": ["ann"], "database": ["bob", "cem"]},
    "routes": [{"name": "web"}],
    "checks": [
        {
            "name": "errors",
            "source": "metrics",
            "query": "e{${var:green}}[${window}]",
            "unit": "%",
            "window": "1m",
            "fail_when": "> 1 %",
            "consecutive": 2,
        },
        {
            "name": "steady",
            "source": "metrics",
            "query": "s",
            "unit": "s",
            "pass_when": "< 2 s",
            "hold": "4m",
        },
    ],
    "abort": [{"check": "errors"}],
    "phases": [
        {
            "name": "half",
            "weights": {"web": 50},
            "steps": [{"name": "look", "expected": "1m"}],
            "hold": "5m",
            "gate": {"checks": ["errors", "steady"], "roles": ["dri", "database"]},
        },
        {"name": "all", "weights": {"web": 100}, "hold": "5m", "gate": {"checks": ["errors"]}},
    ],
    "rollback": {"steps": [{"name": "confirm", "expected": "1m"}]},
    "channels": {"room": ["rollbacks"]},
    "environments": {"production": PRODUCTION},
}

DELETE = object()


def plan(edits: Mapping[str, Any] | None = None) -> Plan:
    """GOOD with edits such as `{"phases.0.hold": "1s"}`; DELETE takes a key away."""
    data = deepcopy(GOOD)
    for path, value in (edits or {}).items():
        *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
        at: Any = data
        for key in parents:
            at = at[key]
        if value is DELETE:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return Plan.model_validate(data)


def problems(
    edits: Mapping[str, Any] | None = None,
    seams: Seams = SEAMS,
    people: Collection[str] | None = None,
) -> list[Problem]:
    return lint(plan(edits), seams, people)
