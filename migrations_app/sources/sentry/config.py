"""What a runbook says about a Sentry organisation."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.sources.web.windowed import WindowedPlace
from migrations_app.wire.place import HeaderValue

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[^\s/\x00-\x1f\x7f]{1,64}$")]


class SentryConfig(WindowedPlace):
    """`url` of the region (`https://us.sentry.io`, `https://de.sentry.io`) or of one's own Sentry.
    `projects` by number; none: all that the token sees."""

    secret_keys: ClassVar[tuple[str, ...]] = ("token",)

    organisation: Slug
    token: HeaderValue
    projects: Annotated[tuple[Count, ...], Field(max_length=50)] = ()
    environments: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    dataset: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_]{1,40}$")] = "errors"

    @model_validator(mode="before")
    @classmethod
    def _of_the_service(cls, given: Any) -> Any:
        return {"url": "https://sentry.io", **given} if isinstance(given, dict) else given

    def credentials(self) -> dict[str, str]:
        """Headers that say who we are. Secrets."""
        return {"authorization": f"Bearer {self.token.get_secret_value()}"}
