"""What is asked of one table on one side: a handful of statements, whatever the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from migrations_app.domain.parity.form import Form, spelled
from migrations_app.domain.parity.progress import Key, Totals

MOST_BUCKETS: Final = 200
"""Values of a bucket's column that are told apart."""

Row = tuple[str | None, ...]
Ask = Callable[[str, Sequence[object]], list[tuple[object, ...]]]
"""Runs one statement and gives back all of its rows. Raises a `SeamError`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its database knows it. `type`: the database's own word for its type, to cast to.
    `bytewise`: it sorts its texts by their bytes. `length`: of a text, where it is bounded."""

    name: str
    type: str
    form: Form
    nullable: bool
    bytewise: bool = True
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column with the form in which it is compared."""

    column: Column
    form: Form


@dataclass(frozen=True, slots=True)
class Span:
    """Keys after `after` up to and with `upto`; None is the beginning, or the end."""

    after: Key | None = None
    upto: Key | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A span in short: its totals, and a digest that does not depend on the order of its rows."""

    totals: Totals
    digest: str


class Dialect(Protocol):
    """How one kind of database spells what we ask."""

    def name(self, text: str) -> str:
        """A quoted name; a table may be given with its schema."""
        ...

    def raw(self, field: Field) -> str:
        """A value as the database prints it."""
        ...

    def spelled(self, field: Field) -> str:
        """A value in its one spelling, as far as the database can."""
        ...

    def row_hash(self, fields: Sequence[Field]) -> str:
        """A whole number of 60 bits or more that depends on every value and its place."""
        ...

    def sortable(self, field: Field) -> str:
        """A key's column in the order all sides agree on."""
        ...

    def value(self, field: Field) -> str:
        """A placeholder for a key's value to compare with `sortable`."""
        ...

    def equals(self, field: Field) -> str:
        """A condition with one placeholder that finds a key's value by its index."""
        ...

    def given(self, field: Field, text: str) -> object:
        """What to send for a placeholder, from a value in its one spelling."""
        ...

    def number(self, expression: str) -> str:
        """A number as text that holds all of it."""
        ...

    def random(self) -> str:
        """A number from 0 to 1 that is another for every row."""
        ...


@dataclass(frozen=True, slots=True)
class TableSide:
    """One table on one side. `key` and `fields` are in the same order on both sides."""

    ask: Ask
    dialect: Dialect
    table: str
    key: tuple[Field, ...]
    fields: tuple[Field, ...]
    sums: Mapping[str, str]  # as BLUE names them, to this side's name
    buckets: Mapping[str, str]
    where: str | None = None

    def edge(self, span: Span, count: int) -> Key | None:
        """The key of the `count`th row; None where there are fewer."""
        rows = self._keys(span, "", f"LIMIT 1 OFFSET {count - 1}")
        return rows[0] if rows else None

    def cuts(self, span: Span, each: int) -> list[Key]:
        """Every `each`th key."""
        number = f"row_number() OVER (ORDER BY {self._order()}) AS n"
        inner = self._select([*self._key_texts(), number], span)
        names = ", ".join(f"k{at}" for at in range(len(self.key)))
        sql = f"SELECT {names} FROM ({inner}) numbered WHERE n %% {each} = 0 ORDER BY n"  # noqa: S608 (made of quoted names)
        return [_key(row) for row in self.ask(sql, self._values(span))]

    def sum(self, span: Span) -> Sum:
        """Totals and digest of a span."""
        counted = [self.dialect.number(f"sum({self._column(name)})") for name in self.sums.values()]
        digest = self.dialect.number(f"sum({self._hash()})")
        sql = self._select(["count(*)", digest, *counted], span)
        ((rows, total, *sums),) = self.ask(sql, self._values(span))
        found = {name: _decimal(value) for name, value in zip(self.sums, sums, strict=True)}
        buckets = {name: self._bucket(span, column) for name, column in self.buckets.items()}
        return Sum(Totals(int(str(rows)), found, buckets), f"{rows}:{total or 0}")

    def _bucket(self, span: Span, column: str) -> dict[str, int]:
        spelling = self.dialect.spelled(self._field(column))
        sql = self._select([spelling, "count(*)"], span, f"GROUP BY 1 LIMIT {MOST_BUCKETS}")
        rows = self.ask(sql, self._values(span))
        return {bucket_name(_text(value)): int(str(count)) for value, count in rows}

    def prints(self, span: Span) -> dict[Key, str]:
        """A digest of each row of a span."""
        sql = self._select([*self._key_texts(), self.dialect.number(self._hash())], span)
        return {_key(row[:-1]): str(row[-1]) for row in self.ask(sql, self._values(span))}

    def rows(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """The rows with these keys, each value in its one spelling, spelled here."""
        if not keys:
            return {}
        one = " AND ".join(self.dialect.equals(field) for field in self.key)
        which = " OR ".join([f"({one})"] * len(keys))
        raws = [self.dialect.raw(field) for field in self.fields]
        sql = self._select([*self._key_texts(), *raws], Span(), f"AND ({which})")
        values = [self.dialect.given(f, v) for key in keys
                  for f, v in zip(self.key, key, strict=True)]  # fmt: skip
        split = len(self.key)
        return {_key(row[:split]): self._row(row[split:]) for row in self.ask(sql, values)}

    def pick(self, span: Span, share: float, most: int) -> list[Key]:
        """Keys of rows chosen at random, each with the chance `share`."""
        return self._keys(span, f"AND {self.dialect.random()} < {share:.9f}", f"LIMIT {most}")

    def _keys(self, span: Span, more: str, tail: str) -> list[Key]:
        sql = self._select(self._key_texts(), span, f"{more} ORDER BY {self._order()} {tail}")
        return [_key(row) for row in self.ask(sql, self._values(span))]

    def _select(self, what: Sequence[str], span: Span, tail: str = "") -> str:
        """Names are quoted, values travel apart; only the plan's own `where` stands as written."""
        return (
            f"SELECT {', '.join(what)} FROM {self.dialect.name(self.table)} "  # noqa: S608 (see above)
            f"WHERE {self._within(span)} {tail}"
        )

    def _row(self, values: Sequence[object]) -> Row:
        pairs = zip(values, self.fields, strict=True)
        return tuple(spelled(_text(value), field.form) for value, field in pairs)

    def _hash(self) -> str:
        return self.dialect.row_hash(self.fields)

    def _key_texts(self) -> list[str]:
        return [f"{self.dialect.spelled(one)} AS k{at}" for at, one in enumerate(self.key)]

    def _order(self) -> str:
        return ", ".join(self.dialect.sortable(one) for one in self.key)

    def _where(self) -> str:
        return self.where.replace("%", "%%") if self.where else "1 = 1"

    def _column(self, name: str) -> str:
        return self.dialect.name(name)

    def _field(self, name: str) -> Field:
        return next(one for one in self.fields if one.column.name == name)

    def _within(self, span: Span) -> str:
        """Spelled out, because a comparison of whole rows finds no index in MySQL."""
        parts = [f"({self._where()})"]
        if span.after is not None:
            parts.append(self._beyond(">", ">"))
        if span.upto is not None:
            parts.append(self._beyond("<", "<="))
        return " AND ".join(parts)

    def _beyond(self, strictly: str, last: str) -> str:
        """`a > x OR (a = x AND b > y)`, with `a >= x` in front for the index's sake."""
        *heads, tail = self.key
        inner = self._compared(tail, last)
        for field in reversed(heads):
            strict, equal = self._compared(field, strictly), self._compared(field, "=")
            loose = self._compared(field, f"{strictly}=")
            inner = f"({loose} AND ({strict} OR ({equal} AND {inner})))"
        return inner

    def _compared(self, field: Field, operator: str) -> str:
        return f"{self.dialect.sortable(field)} {operator} {self.dialect.value(field)}"

    def _values(self, span: Span) -> list[object]:
        found: list[object] = []
        for bound in (span.after, span.upto):
            if bound is not None:
                found += self._bound(bound)
        return found

    def _bound(self, bound: Key) -> list[object]:
        """Three of each column but the last, in the order `_beyond` writes them."""
        given = [self.dialect.given(f, v) for f, v in zip(self.key, bound, strict=True)]
        return [value for head in given[:-1] for value in (head,) * 3] + given[-1:]


def _key(row: Sequence[object]) -> Key:
    return tuple(_text(value) or "" for value in row)


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)


def bucket_name(value: str | None) -> str:
    """A value of a column as it stands in a report."""
    return "(null)" if value is None else value[:100]


def _decimal(value: object) -> Decimal:
    return Decimal(_text(value) or 0)
