"""What a runbook says about a segment or a multivariate feature in Flagsmith."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from migrations_app.drivers.flags.config import FlagConfig, Key, Url

Number = Annotated[StrictInt, Field(ge=1, le=2**63)]


class FlagsmithConfig(FlagConfig):
    """Either `project` and `segment`: its members are on GREEN, in every environment. Or
    `environment` (its key), `state` (of the feature there) and `option`, the one that is GREEN.
    `poll`: how often SDKs that evaluate by themselves ask."""

    url: Url = "https://api.flagsmith.com"
    project: Number | None = None
    segment: Number | None = None
    environment: Key | None = None
    state: Number | None = None
    option: Number | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        segment = (self.project, self.segment)
        option = (self.environment, self.state, self.option)
        for chosen, other in ((segment, option), (option, segment)):
            if None not in chosen and set(other) == {None}:
                return self
        raise ValueError("give `project` and `segment`, or `environment`, `state` and `option`")

    @property
    def segment_path(self) -> str:
        return f"/api/v1/projects/{self.project}/segments/{self.segment}/"

    @property
    def state_path(self) -> str:
        return f"/api/v1/environments/{self.environment}/featurestates/{self.state}/"
