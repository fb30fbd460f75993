"""What a runbook says about a New Relic account."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.sources.web.windowed import WindowedPlace
from migrations_app.wire.place import HeaderValue


class Region(StrEnum):
    """Where the account's data lies. A key of one region is unknown to the other."""

    US = "us"
    EU = "eu"


_URLS = {Region.US: "https://api.newrelic.com", Region.EU: "https://api.eu.newrelic.com"}


class NewRelicConfig(WindowedPlace):
    """`account` by number; `api_key` is a user key (NRAK-…). Or a `url` for a proxy before it."""

    secret_keys: ClassVar[tuple[str, ...]] = ("api_key",)

    account: Count
    api_key: HeaderValue
    region: Region = Region.US

    @model_validator(mode="before")
    @classmethod
    def _of_the_region(cls, given: Any) -> Any:
        if isinstance(given, dict) and "url" not in given:
            return {**given, "url": _URLS.get(given.get("region", Region.US), _URLS[Region.US])}
        return given

    def credentials(self) -> dict[str, str]:
        """Headers that say who we are. Secrets."""
        return {"api-key": self.api_key.get_secret_value()}
