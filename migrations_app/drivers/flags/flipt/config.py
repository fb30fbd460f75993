"""What a runbook says about a flag in Flipt."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from migrations_app.drivers.flags.config import FlagConfig, Key, Truth


class FliptConfig(FlagConfig):
    """`green`: the value of the boolean flag that means GREEN. `environment` is of v2, `rollout`
    (the id of the threshold rollout) of v1."""

    api: Literal["v1", "v2"] = "v2"
    environment: Key = "default"
    namespace: Key = "default"
    flag: Key
    rollout: Key | None = None
    green: Truth = True

    @model_validator(mode="after")
    def _rollout_of_v1(self) -> Self:
        if (self.api == "v1") != (self.rollout is not None):
            raise ValueError("`rollout` is for `api: v1`, and needed there")
        return self
