"""The source `parity`: what the newest finished comparison of each table found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Permanent, SeamError, Transient
from migrations_app.domain.finding import Finding
from migrations_app.domain.parity.ask import KIND, What, parse
from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.reading import Outcome, Reading
from migrations_app.sources.looked_up import LookedUp
from migrations_app.sources.parity.config import ParityConfig
from migrations_app.sources.parity.side import Span
from migrations_app.sources.parity.visit import visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import BaseModel

    from migrations_app.domain.parity.ask import Ask
    from migrations_app.domain.reading import Query
    from migrations_app.sources.looked_up import Lookup
    from migrations_app.sources.parity.visit import Visit


class ParitySource(LookedUp):
    """Compares nothing itself: passes are made in small steps elsewhere, and lie in our tables."""

    kind: ClassVar[str] = KIND
    Config: ClassVar[type[BaseModel]] = ParityConfig
    tried: ClassVar[str] = "PostgreSQL 18 and MariaDB 10.11"
    nothing: ClassVar[str] = "no comparison of it is finished, or none that is fresh"
    no_past: ClassVar[str] = "a comparison is of now; what it found before is in the run's readings"
    waits: ClassVar[str] = "compares while a run is live"
    config: ParityConfig

    def __init__(self, config: BaseModel, lookup: Lookup | None = None) -> None:
        assert isinstance(config, ParityConfig)  # noqa: S101 (validated by whoever builds it)
        super().__init__(config, lookup)

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        return [self._read(query, at) for query in queries]

    def _read(self, query: Query, at: datetime) -> Reading:
        try:
            return self._one(query, at)
        except Transient as silent:
            return Reading(query.key, query.text, Outcome.TIMEOUT, detail=str(silent))

    def invalid(self, query: Query) -> str | None:
        """Nothing is asked of a database: whether it has the columns is for `check` to say."""
        if query.offset:
            return self.no_past
        try:
            return self._unasked(parse(query.text))
        except ValueError as wrong:
            return str(wrong)

    def _unasked(self, asked: Ask) -> str | None:
        """Why the configuration does not answer it."""
        table = self.config.tables.get(asked.table)
        if table is None:
            return f"no table {asked.table} is compared.{nearest(asked.table, self.config.tables)}"
        counted = {What.SUM: table.sums, What.BUCKET: table.buckets}.get(asked.what)
        if counted is not None and asked.column not in counted:
            key = "sums" if asked.what is What.SUM else "buckets"
            return f"{asked.column} is not among the {key} of {asked.table}."
        if asked.what is What.SAMPLE and not self.config.sample:
            return "no sample is taken: `sample` is 0."
        return None

    def check(self) -> list[Finding]:
        """Reachable, allowed, every table comparable; whether we could write; no brake on."""
        roads = [_road(self.config, side) for side in ("blue", "green")]
        exposed = [one for one in roads if one]
        try:
            with visit(self.config) as open_:
                return [*exposed, *_sides(open_), *[_table(open_, t) for t in self.config.tables]]
        except SeamError as error:
            return [*exposed, Finding(ok=False, what="databases", sentence=str(error))]


def _road(config: ParityConfig, side: str) -> Finding | None:
    database = config.blue if side == "blue" else config.green
    if not database.exposes_secrets:
        return None
    sentence = "rows and our password cross the network unprotected; use tls: verify"
    return Finding(ok=False, what=database.place, sentence=sentence)


def _sides(open_: Visit) -> list[Finding]:
    places = (open_.config.blue.place, open_.config.green.place)
    sentence = "answers; everything is read in read-only transactions"
    well = [Finding(ok=True, what=place, sentence=sentence) for place in places]
    braked = open_.held_back()
    return [*well, Finding(ok=False, what="brakes", sentence=braked)] if braked else well


def _table(open_: Visit, name: str) -> Finding:
    try:
        pair = open_.pair(name)
        _readable(open_, name)
    except (Permanent, Transient) as error:
        return Finding(ok=False, what=name, sentence=str(error))
    sentence = f"{len(pair.names)} columns of about {pair.estimate:,} rows can be compared"
    return Finding(ok=True, what=name, sentence=sentence)


def _readable(open_: Visit, name: str) -> None:
    """One row on both sides, as a pass would read it: every type is spelled there."""
    with open_.moment():
        pair = open_.pairs[name]
        for side in (pair.blue, pair.green):
            side.prints(Span(None, side.edge(Span(), 1)))
