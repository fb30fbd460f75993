"""What a runbook says about a Datadog organisation."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import model_validator

from migrations_app.sources.web.windowed import WindowedPlace
from migrations_app.wire.place import HeaderValue


class Site(StrEnum):
    """Each has its own data: a key of one is unknown to the others."""

    US1 = "datadoghq.com"
    US3 = "us3.datadoghq.com"
    US5 = "us5.datadoghq.com"
    EU1 = "datadoghq.eu"
    AP1 = "ap1.datadoghq.com"
    AP2 = "ap2.datadoghq.com"
    UK1 = "uk1.datadoghq.com"
    GOV = "ddog-gov.com"
    GOV2 = "us2.ddog-gov.com"


class Aggregator(StrEnum):
    """What becomes of the points of a window."""

    AVG = "avg"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LAST = "last"


class DatadogConfig(WindowedPlace):
    """`site`, or a `url` for a proxy before it. `aggregator` for queries that are no count."""

    secret_keys: ClassVar[tuple[str, ...]] = ("api_key", "app_key")

    site: Site = Site.US1
    api_key: HeaderValue
    app_key: HeaderValue
    aggregator: Aggregator = Aggregator.AVG

    @model_validator(mode="before")
    @classmethod
    def _of_the_site(cls, given: Any) -> Any:
        if isinstance(given, dict) and "url" not in given:
            return {**given, "url": f"https://api.{given.get('site', Site.US1)}"}
        return given

    def credentials(self) -> dict[str, str]:
        """Headers that say who we are. Secrets."""
        return {
            "dd-api-key": self.api_key.get_secret_value(),
            "dd-application-key": self.app_key.get_secret_value(),
        }
