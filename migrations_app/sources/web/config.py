"""What a runbook says about a place that is asked over HTTP: who we are there, and our limits."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.wire.place import Auth, HeaderName, HeaderValue, Place

_OURS = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"}
    | {"host", "transfer-encoding", "x-scope-orgid"}
)


class WebPlace(Place):
    """`concurrency`: connections, and so questions at the same moment."""

    secret_keys: ClassVar[tuple[str, ...]] = ("auth", "headers")

    auth: Auth | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    concurrency: Annotated[Count, Field(le=256)] = 16

    @model_validator(mode="after")
    def _headers_of_theirs(self) -> Self:
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f'headers: "{name}" is set by us; use auth or tenant')
        return self

    def credentials(self) -> dict[str, str]:
        """Headers that say who we are. Secrets."""
        ours = {name: value.get_secret_value() for name, value in self.headers.items()}
        if authorization := self.auth and self.auth.header():
            ours["authorization"] = authorization
        return ours
