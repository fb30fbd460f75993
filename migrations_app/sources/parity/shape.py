"""Bring the columns of both sides together: what is the key, what is compared, and in which form.

Everything that can't be compared is refused here, before a row is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent
from migrations_app.domain.parity.form import KEYS, meet, order
from migrations_app.sources.parity.mysql import Mysql
from migrations_app.sources.parity.postgres import Postgres
from migrations_app.sources.parity.side import Field, TableSide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from migrations_app.domain.parity.form import Form
    from migrations_app.domain.parity.progress import Key
    from migrations_app.sources.parity.config import ParityConfig, TableConfig
    from migrations_app.sources.parity.side import Ask, Column


@dataclass(frozen=True, slots=True)
class Pair:
    """One table on both sides. `names`: of the compared columns, as BLUE has them."""

    name: str
    blue: TableSide
    green: TableSide
    names: tuple[str, ...]
    estimate: int

    def order(self, key: Key) -> tuple[Decimal | bytes, ...]:
        """What keys are sorted by, on both sides and here."""
        return tuple(order(v, f.form) for v, f in zip(key, self.blue.key, strict=True))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A table as one side has it."""

    ask: Ask
    dialect: Postgres | Mysql
    table: str
    columns: Mapping[str, Column]

    @classmethod
    def at(cls, ask: Ask, dialect: Postgres | Mysql, table: str) -> _Seen:
        columns = {one.name: one for one in dialect.columns(ask, table)}
        return cls(ask, dialect, table, columns)


def pair(config: ParityConfig, name: str, blue: Ask, green: Ask) -> Pair:
    """`Permanent` with a sentence where the two tables can't be compared as they are configured."""
    spec = config.tables[name]
    alone = config.blue.kind == config.green.kind == "postgresql"
    seen_blue = _Seen.at(blue, _dialect(config.blue.kind, alone=alone), spec.blue or name)
    seen_green = _Seen.at(green, _dialect(config.green.kind, alone=alone), spec.green or name)
    try:
        return _paired(name, spec, seen_blue, seen_green)
    except ValueError as wrong:
        raise Permanent(f"{name}: {wrong}") from None


def _dialect(kind: str, *, alone: bool) -> Postgres | Mysql:
    return Postgres(alone) if kind == "postgresql" else Mysql()


def _paired(name: str, spec: TableConfig, blue: _Seen, green: _Seen) -> Pair:
    key = spec.key or _primary(blue)
    names = tuple(dict.fromkeys([*key, *_compared(spec, blue, green), *spec.sums, *spec.buckets]))
    forms = {one: _form(spec, one, blue, green) for one in names}
    _require_key(spec, key, forms, blue, green)
    sides = [
        TableSide(
            seen.ask, seen.dialect, seen.table,
            _fields(key, forms, seen, called), _fields(names, forms, seen, called),
            {one: called(one) for one in spec.sums}, {one: called(one) for one in spec.buckets},
            where,
        )
        for seen, called, where in (
            (blue, str, spec.where),
            (green, spec.in_green, spec.green_where or spec.where),
        )
    ]  # fmt: skip
    estimate = blue.dialect.estimate(blue.ask, blue.table)
    return Pair(name, sides[0], sides[1], names, estimate)


def _fields(
    names: Iterable[str], forms: Mapping[str, Form], seen: _Seen, called: Callable[[str], str]
) -> tuple[Field, ...]:
    return tuple(Field(seen.columns[called(one)], forms[one]) for one in names)


def _primary(seen: _Seen) -> tuple[str, ...]:
    unique = seen.dialect.unique(seen.ask, seen.table)
    if not unique:
        raise ValueError("has no primary key: name the columns of a unique index as its `key`.")
    return unique[0]


def _compared(spec: TableConfig, blue: _Seen, green: _Seen) -> list[str]:
    if spec.columns is not None:
        return list(spec.columns)
    chosen = [one for one in blue.columns if one not in spec.exclude]
    missing = [one for one in chosen if spec.in_green(one) not in green.columns]
    back = {spec.in_green(one) for one in blue.columns} | set(spec.exclude)
    extra = [one for one in green.columns if one not in back]
    if missing or extra:
        told = [f"GREEN has no column {one}" for one in missing]
        told += [f"BLUE has no column {one}" for one in extra]
        raise ValueError(f"{'; '.join(told[:5])}. Exclude it, or say how it is `renamed`.")
    return chosen


def _form(spec: TableConfig, name: str, blue: _Seen, green: _Seen) -> Form:
    called = spec.in_green(name)
    for seen, column, side in ((blue, name, "BLUE"), (green, called, "GREEN")):
        if column not in seen.columns:
            raise ValueError(f"{side} has no column {column}.")
    mine, other = blue.columns[name], green.columns[called]
    form = meet(mine.form, other.form)
    if form is None:
        raise ValueError(
            f"{name} is {mine.form} in BLUE and {other.form} in GREEN: that can't be compared. "
            "Exclude it."
        )
    return form


def _require_key(
    spec: TableConfig, key: tuple[str, ...], forms: Mapping[str, Form], blue: _Seen, green: _Seen
) -> None:
    """A key that is not unique, or may be NULL, would hide rows."""
    for one in key:
        if forms[one] not in KEYS:
            raise ValueError(f"{one} is {forms[one]}: it can't be (part of) a key.")
    in_green = tuple(spec.in_green(one) for one in key)
    for seen, names, side in ((blue, key, "BLUE"), (green, in_green, "GREEN")):
        if loose := [one for one in names if seen.columns[one].nullable]:
            raise ValueError(f"{loose[0]} may be NULL in {side}: it can't be (part of) a key.")
        unique = seen.dialect.unique(seen.ask, seen.table)
        if not any(set(one) <= set(names) for one in unique):
            raise ValueError(f"nothing makes ({', '.join(names)}) unique in {side}.")
