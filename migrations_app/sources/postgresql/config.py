"""What a runbook says about a PostgreSQL."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from migrations_app.sources.sql.config import Database, Port


class SslMode(StrEnum):
    """libpq's own words, without those that say one thing and may do another (allow, prefer)."""

    DISABLE = "disable"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


class PostgreSQLConfig(Database):
    """`sslmode` is `verify-full` unless said otherwise, and needs `ca_file` then."""

    port: Port = 5432
    sslmode: SslMode = SslMode.VERIFY_FULL

    @model_validator(mode="after")
    def _coherent_tls(self) -> Self:
        verifies = self.sslmode in {SslMode.VERIFY_CA, SslMode.VERIFY_FULL}
        if verifies and self.ca_file is None:
            raise ValueError(
                f"sslmode: {self.sslmode} needs ca_file, the authority that signed the server's "
                "certificate; on this machine itself sslmode: disable will do"
            )
        return self

    @property
    def exposed(self) -> bool:
        """Whether somebody on the way could read the password or forge a number."""
        return not self.local and self.sslmode is not SslMode.VERIFY_FULL
