"""What a runbook says about a MySQL or MariaDB."""

from __future__ import annotations

import ssl
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from migrations_app.domain.errors import ConfigError
from migrations_app.sources.sql.config import Database, Port


class SslMode(StrEnum):
    """MySQL's own words, without the one that may do nothing (PREFERRED)."""

    DISABLED = "disabled"
    REQUIRED = "required"
    VERIFY_CA = "verify_ca"
    VERIFY_IDENTITY = "verify_identity"


_VERIFYING = frozenset({SslMode.VERIFY_CA, SslMode.VERIFY_IDENTITY})


class MySQLConfig(Database):
    """`ssl_mode` is `verify_identity` unless said otherwise, and needs `ca_file` then."""

    port: Port = 3306
    ssl_mode: SslMode = SslMode.VERIFY_IDENTITY

    @model_validator(mode="after")
    def _coherent_tls(self) -> Self:
        if self.ssl_mode in _VERIFYING and self.ca_file is None:
            raise ValueError(
                f"ssl_mode: {self.ssl_mode} needs ca_file, the authority that signed the server's "
                "certificate; on this machine itself ssl_mode: disabled will do"
            )
        return self

    @property
    def exposed(self) -> bool:
        """Whether somebody on the way could read the password or forge a number."""
        return not self.local and self.ssl_mode is not SslMode.VERIFY_IDENTITY

    def tls(self) -> ssl.SSLContext | None:
        """None: none. `ConfigError` names the file that can't be used."""
        if self.ssl_mode is SslMode.DISABLED:
            return None
        key = "ca_file"
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            key = "client_cert"
            if self.client_cert is not None:
                context.load_cert_chain(self.client_cert, self.client_key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"can't be used: {error}", key) from error
        context.check_hostname = self.ssl_mode is SslMode.VERIFY_IDENTITY
        if self.ssl_mode not in _VERIFYING:
            context.verify_mode = ssl.CERT_NONE
        return context
