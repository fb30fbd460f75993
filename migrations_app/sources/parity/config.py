"""What a runbook says about two databases that ought to hold the same."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from migrations_app.domain.plan.base import Count, Duration, Flag, Name
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Secretive

_LOCAL: Final = re.compile(r"localhost|127(\.\d+){3}|::1|/.*")
_PART: Final = r"[^\x00-\x1f\x7f`\"'%.]{1,64}"


def _condition(text: str) -> str:
    if ";" in text or "--" in text or "/*" in text:
        raise ValueError("is one condition: no ; and no comment")
    return text


# Quoted wherever it is used; this only keeps surprises out.
Column = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f`\"'%]{1,64}$")]
Table = Annotated[str, StringConstraints(pattern=rf"^{_PART}(\.{_PART})?$")]
Where = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_condition)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/][A-Za-z0-9._:/-]{0,252}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]


class Database(Secretive):
    """One side. A role that may SELECT from the compared tables and nothing else is enough.

    `tls`: `verify` (certificate and name, against `ca_file` or the system's), `require` (encrypted,
    to whomever) or `off`.
    """

    kind: Literal["postgresql", "mysql"]
    host: Host
    port: Annotated[Count, Field(le=65535)] | None = None
    database: Word
    user: Word
    password: SecretStr
    tls: Literal["verify", "require", "off"] = "verify"
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _coherent_tls(self) -> Self:
        if self.ca_file is not None and self.tls != "verify":
            raise ValueError("ca_file verifies a certificate: it needs tls: verify")
        return self

    @property
    def at(self) -> int:
        """The port, the usual one where none is given."""
        return self.port or {"postgresql": 5432, "mysql": 3306}[self.kind]

    @property
    def place(self) -> str:
        """`db.example:5432/orders`: what people may see of it."""
        return f"{self.host}:{self.at}/{self.database}"

    @property
    def exposes_secrets(self) -> bool:
        """Whether rows would cross a network where anybody can read or forge them."""
        return self.tls != "verify" and not _LOCAL.fullmatch(self.host)


class TableConfig(Secretive):
    """One table. `blue` and `green` name it on each side (with its schema, where that is needed).

    `key`: the columns that make a row unique; the primary key of BLUE if none are given. `columns`
    are compared, or all that both sides have, without those to `exclude`. Columns are named as in
    BLUE; `renamed` says what one is called in GREEN.
    """

    blue: Table | None = None
    green: Table | None = None
    key: tuple[Column, ...] = ()
    columns: tuple[Column, ...] | None = None
    exclude: tuple[Column, ...] = ()
    renamed: dict[Column, Column] = Field(default_factory=dict)
    sums: tuple[Column, ...] = ()
    buckets: tuple[Column, ...] = ()
    where: Where | None = None
    green_where: Where | None = None

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.columns is not None and self.exclude:
            raise ValueError("give either the columns to compare or those to exclude")
        told = {*self.sums, *self.buckets, *self.key}
        if left_out := sorted(told & set(self.exclude)):
            raise ValueError(f"{left_out[0]} is excluded, and asked for all the same")
        return self

    def in_green(self, column: str) -> str:
        """What a column of BLUE is called in GREEN."""
        return self.renamed.get(column, column)


class Brake(Secretive):
    """While `query` answers more than `above` (or NULL) on that side, nothing is read there:
    replica lag in seconds, sessions at work, whatever tells that the database has other worries."""

    on: Literal["blue", "green"]
    query: Where
    above: float


class ParityConfig(Secretive):
    """Two databases and the tables to compare.

    `every`: from the end of one pass to the beginning of the next. `rows_per_second` bounds what is
    read of each side on average, `chunk` how many rows one statement looks at, `timeout` how long
    one may take. A row that differs is looked at again each `settle`, up to `looks` times, before
    it counts: longer than the replication between the two takes. `most`: how many differing rows
    are followed one by one. A result that is older than `fresh` is none. `show_keys`: keys of
    differing rows are kept and shown as they are, and not as a keyed digest.
    """

    blue: Database
    green: Database
    tables: dict[Name, TableConfig] = Field(min_length=1, max_length=200)
    every: Duration = timedelta(minutes=10)
    fresh: Duration = timedelta(hours=1)
    settle: Duration = timedelta(seconds=10)
    looks: Annotated[Count, Field(ge=2, le=20)] = 5
    rows_per_second: Annotated[Count, Field(ge=10)] = 100_000
    chunk: Annotated[Count, Field(ge=100, le=200_000)] = 20_000
    sample: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 200
    most: Annotated[Count, Field(le=10_000)] = 1_000
    timeout: Patience = timedelta(seconds=10)
    brakes: tuple[Brake, ...] = ()
    show_keys: Flag = False

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.timeout > timedelta(seconds=20):
            raise ValueError("timeout: a statement of more than 20s hurts; make chunk smaller")
        return self
