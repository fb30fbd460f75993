"""What a runbook says about any database: where it is, who we are there, and our limits."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Secretive

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-/]{1,253}$")]
Plain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,128}$")]
Port = Annotated[Count, Field(le=65_535)]


class Database(Secretive):
    """`host` may be the directory of a UNIX socket where it begins with a slash.

    `timeout` bounds a whole `read()`; `concurrency` is the number of sessions, and so of questions
    at the same moment.
    """

    host: Host
    port: Port
    database: Plain
    user: Plain
    password: SecretStr | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    timeout: Patience = timedelta(seconds=3)
    concurrency: Annotated[Count, Field(le=16)] = 4

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.client_cert is None) != (self.client_key is None):
            raise ValueError("client_cert and client_key belong together")
        return self

    @property
    def where(self) -> str:
        """`db.example:5432/orders`: what people may see of it."""
        return f"{self.host}:{self.port}/{self.database}"

    @property
    def local(self) -> bool:
        """Nothing that is sent there leaves this machine."""
        return bool(re.fullmatch(r"/.*|localhost|127(\.\d+){3}|::1", self.host))
