"""What a runbook says about a flag in LaunchDarkly."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from migrations_app.drivers.flags.config import FlagConfig, Key, Url

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class LaunchDarklyConfig(FlagConfig):
    """`blue` and `green` are ids of variations (`_id`). `context`: the kind whose key decides who
    is on which side, where the flag has no rollout yet. `poll: 0` fits SDKs that stream."""

    url: Url = "https://app.launchdarkly.com"
    project: Key
    flag: Key
    environment: Key
    blue: Key
    green: Key
    context: Kind = "user"

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue == self.green:
            raise ValueError("blue and green name the same variation")
        return self

    @property
    def path(self) -> str:
        return f"/api/v2/flags/{self.project}/{self.flag}"
