"""Evidence pushed by pipelines."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from migrations_app.sources.looked_up import LookedUp


class PushedConfig(BaseModel):
    """Nothing to configure: evidence comes in through the API."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PushedSource(LookedUp):
    """Answers each query with the newest evidence pushed for its check that has not expired."""

    kind: ClassVar[str] = "pushed"
    Config: ClassVar[type[BaseModel]] = PushedConfig
    tried: ClassVar[str] = "our own API"
    nothing: ClassVar[str] = "no evidence was pushed that has not expired"
    no_past: ClassVar[str] = (
        "evidence is pushed by a pipeline; nobody can be asked what it was before. "
        "What was pushed during a run is in the run's readings."
    )
    waits: ClassVar[str] = "pushed evidence waits for the API"
