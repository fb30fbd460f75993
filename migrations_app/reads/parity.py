"""The page of data parity: what was found last of each table, and how far the next pass is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.parity.answer import apart, told
from migrations_app.domain.parity.progress import Progress, Stage
from migrations_app.domain.states import LIVE, State
from migrations_app.models import Parity, ParityDifference, ParityPass, ParityTable, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

SHOWN: Final = 50
"""Differing rows of a table that are listed; all of them are in the downloads."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that differs: `how` in words, `columns` where it is on both sides."""

    key: str
    how: str
    columns: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that was counted on both sides. `apart`: how much more BLUE is, settled."""

    what: str
    blue: str
    green: str
    apart: str
    equal: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a finished comparison of one table found. `as_of`: when it began."""

    table_id: int
    number: int
    as_of: datetime | None
    ended_at: datetime
    done: Progress
    trouble: str
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        return not self.trouble and self.done.equal

    @property
    def told(self) -> str:
        """`3 of 1,000,000 rows differ`."""
        return told(self.done)

    @property
    def counts(self) -> list[Count]:
        """Rows, then sums, then buckets."""
        return [] if self.trouble else list(_counts(self.done))

    @property
    def more(self) -> int:
        """Differing rows that are not listed here."""
        return max(0, self.done.differing - len(self.differences))


@dataclass(frozen=True, slots=True)
class Going:
    """A table in the pass under way. `rate`: rows a second since it began; None before."""

    stage: str
    percent: int
    rows: int
    rate: float | None
    suspects: int

    @property
    def words(self) -> str:
        """`1,000,000 rows, 80,000 a second, 3 to look at again`."""
        told = [f"{self.rows:,} rows"] if self.rows else []
        told += [f"{self.rate:,.0f} a second"] if self.rate else []
        told += [f"{self.suspects:,} to look at again"] if self.suspects else []
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what is known of it, and what goes on."""

    name: str
    found: Finding | None
    going: Going | None

    @property
    def word(self) -> str:
        """Equal, differs, can't be told (rows never rested), can't be compared, not known yet."""
        if self.found is None:
            return "not known yet"
        if self.found.trouble:
            return "can't be compared"
        if self.found.equal:
            return "equal"
        return "differs" if self.found.done.differing else "can't be told"


@dataclass(frozen=True, slots=True)
class Source:
    """One source that compares. `number` and `began_at` are of the newest pass."""

    name: str
    number: int
    began_at: datetime | None
    resting: bool
    due_at: datetime
    trouble: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The page of one moment."""

    run: Run
    now: datetime
    sources: tuple[Source, ...]

    @property
    def follows(self) -> bool:
        """Whether there is more to come."""
        return bool(self.sources) and State(self.run.state) in LIVE


def comparisons(run_id: int) -> Comparisons:
    """Everything on the page, in three queries and four per source. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.select_related("migration").get(pk=run_id)
        rows = Parity.objects.filter(run=run).order_by("source")
        return Comparisons(run, db_now(), tuple(_source(row) for row in rows))


def _source(row: Parity) -> Source:
    newest = ParityPass.objects.filter(parity=row).first()
    found = {one.name: one for one in _finished(row)}
    open_ = newest is not None and newest.ended_at is None
    going = {one.name: one for one in newest.tables.all()} if newest and open_ else {}
    listed = _listed(one.pk for one in found.values())
    names = [*going, *[name for name in found if name not in going]]
    return Source(
        row.source,
        newest.number if newest else 0,
        row.began_at,
        row.resting,
        row.due_at,
        row.trouble,
        tuple(
            Table(name, _finding(found.get(name), listed), _going(going.get(name)))
            for name in names
        ),
    )


def _finished(row: Parity) -> Iterable[ParityTable]:
    """The newest of each table, as it is configured now."""
    rows = ParityTable.objects.filter(
        of__parity=row, of__config_sha256=row.config_sha256, ended_at__isnull=False
    )
    return rows.select_related("of").order_by("name", "-ended_at").distinct("name")


def _listed(tables: Iterable[int]) -> Mapping[int, list[Difference]]:
    found: dict[int, list[Difference]] = defaultdict(list)
    for row in ParityDifference.objects.filter(table__in=list(tables)).order_by("id")[:5000]:
        if len(found[row.table_id]) < SHOWN:
            found[row.table_id].append(_difference(row))
    return found


def _difference(row: ParityDifference) -> Difference:
    return Difference(row.key, HOW[row.how], tuple(row.columns), row.at)


HOW: Final = {
    "only_blue": "only in BLUE",
    "only_green": "only in GREEN",
    "differs": "differs",
}


def _finding(row: ParityTable | None, listed: Mapping[int, list[Difference]]) -> Finding | None:
    if row is None or row.ended_at is None:
        return None
    return Finding(
        row.pk, row.of.number, row.began_at, row.ended_at, Progress.from_json(row.progress),
        row.trouble, tuple(listed.get(row.pk, ())),
    )  # fmt: skip


def _going(row: ParityTable | None) -> Going | None:
    if row is None or row.ended_at is not None:
        return None
    known = Progress.from_json(row.progress)
    stage = "waits" if row.began_at is None else _STAGES[known.stage]
    rows = max(known.blue.rows, known.green.rows)
    percent = round(100 * known.share)
    return Going(stage, percent, rows, _rate(row), len(known.suspects))


_STAGES: Final = {
    Stage.WALK: "comparing",
    Stage.LOOK: "looking again",
    Stage.DONE: "done",
}


def _rate(row: ParityTable) -> float | None:
    if row.began_at is None or row.seen_at is None:
        return None
    span = (row.seen_at - row.began_at).total_seconds()
    return row.read / span if span > 0 else None


def _counts(done: Progress) -> Iterator[Count]:
    more = apart(done)
    yield Count(
        "rows", f"{done.blue.rows:,}", f"{done.green.rows:,}", f"{more.rows:+,}", not more.rows
    )
    for name in done.blue.sums:
        yield _sum(f"sum of {name}", done.blue.sums[name], done.green.sums[name],
                   more.sums.get(name))  # fmt: skip
    for name, buckets in done.blue.buckets.items():
        other = done.green.buckets.get(name, {})
        for value in sorted({*buckets, *other, *more.buckets.get(name, {})}):
            left = more.buckets.get(name, {}).get(value, 0)
            yield Count(
                f"{name} = {value}", f"{buckets.get(value, 0):,}", f"{other.get(value, 0):,}",
                f"{left:+,}", not left,
            )  # fmt: skip


def _sum(what: str, blue: Decimal, green: Decimal, more: Decimal | None) -> Count:
    return Count(what, f"{blue:,}", f"{green:,}", f"{more or 0:+,}", not more)


def all_differences(run_id: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Every differing row of the newest finished comparisons: source, table, key, how, columns,
    when; in order, without end in memory."""
    for parity in Parity.objects.filter(run=run_id).order_by("source"):
        for table in _finished(parity):
            rows = ParityDifference.objects.filter(table=table).order_by("id").iterator(2000)
            for row in rows:
                at = row.at.isoformat(timespec="seconds")
                columns = " ".join(row.columns)
                yield parity.source, table.name, row.key, HOW[row.how], columns, at
