"""What a runbook says about any database: where it is, who we are there, and our limits."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

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
    database: Plain
    user: Plain
    password: SecretStr | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    timeout: Patience = timedelta(seconds=3)
    concurrency: Annotated[Count, Field(le=16)] = 4

    @property
    def local(self) -> bool:
        """Nothing that is sent there leaves this machine."""
        return bool(re.fullmatch(r"/.*|localhost|127(\.\d+){3}|::1", self.host))
