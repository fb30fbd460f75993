"""How PostgreSQL (13 or newer) spells what a comparison asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.parity.form import Form
from migrations_app.sources.parity.side import Column, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.sources.parity.side import Ask

FORMS: Final[Mapping[str, Form]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "numeric", "float4", "float8", "bool"),
                    Form.NUMBER),
    **dict.fromkeys(("timestamp", "timestamptz"), Form.MOMENT),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), Form.TEXT),
    **dict.fromkeys(("json", "jsonb"), Form.JSON),
    "date": Form.DAY, "time": Form.TIME, "uuid": Form.UUID, "bytea": Form.BYTES,
}  # fmt: skip
_TEXTS: Final = frozenset(f'"pg_catalog"."{one}"' for one in ("text", "varchar", "bpchar", "name"))
_PLAIN: Final = frozenset({Form.NUMBER, Form.MOMENT, Form.DAY, Form.TIME, Form.UUID, Form.BYTES})

# `datlocprovider` is there from version 15 on.
_COLUMNS: Final = """
SELECT a.attname, b.typname, n.nspname, b.typtype = 'e', NOT a.attnotnull,
       coalesce(l.collprovider = 'b' OR l.collcollate IN ('C', 'POSIX')
                OR l.collname = 'default' AND (d.datcollate IN ('C', 'POSIX')
                                               OR to_jsonb(d) ->> 'datlocprovider' = 'b'), true)
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  JOIN pg_namespace n ON n.oid = b.typnamespace
  JOIN pg_database d ON d.datname = current_database()
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
"""
_UNIQUE: Final = """
SELECT array_agg(a.attname ORDER BY k.at), i.indisprimary
  FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, at)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
 WHERE i.indrelid = to_regclass(%s) AND i.indisunique AND i.indpred IS NULL AND i.indisvalid
   AND k.at <= i.indnkeyatts
 GROUP BY i.indexrelid, i.indisprimary ORDER BY i.indisprimary DESC
"""
_ROWS: Final = "SELECT greatest(reltuples, 0)::int8 FROM pg_class WHERE oid = to_regclass(%s)"


@dataclass(frozen=True, slots=True)
class Postgres:
    """`alone`: the other side is PostgreSQL too, so that its own, faster hash will do."""

    alone: bool

    def name(self, text: str) -> str:
        return ".".join(f'"{part}"' for part in text.split("."))

    def raw(self, field: Field) -> str:
        return f"{self.name(field.column.name)}::text"

    def spelled(self, field: Field) -> str:
        column = self.name(field.column.name)
        match field.form:
            case Form.NUMBER:
                return _number(column, field.column.type)
            case Form.MOMENT if field.column.type.endswith('"timestamptz"'):
                return f"({column} AT TIME ZONE 'UTC')::text"
            case Form.BYTES:
                return f"encode({column}, 'hex')"
            case Form.UUID if field.column.form is Form.BYTES:
                return f"encode({column}, 'hex')"
            case Form.UUID:
                return f"replace(lower({column}::text), '-', '')"
            case Form.JSON if field.column.form is Form.JSON:
                return f"{column}::jsonb::text"
            case _:
                return f"{column}::text"

    def row_hash(self, fields: Sequence[Field]) -> str:
        text = " || '|' || ".join(self._part(one) for one in fields)
        if self.alone:
            return f'hashtextextended(({text}) COLLATE "C", 0)'
        return f"('x' || substr(md5({text}), 1, 15))::bit(60)::int8"

    def _part(self, field: Field) -> str:
        """Values that may hold anything bring their length along, so that none can pass for two."""
        text = self.spelled(field)
        if field.form not in _PLAIN:
            text = f"octet_length({text}) || ':' || {text}"
        return f"coalesce({text}, '~')" if field.column.nullable else f"{text}"

    def sortable(self, field: Field) -> str:
        """An enum sorts by its declaration, citext without case, a UUID in text with it."""
        column = self.name(field.column.name)
        if field.column.form is not Form.TEXT:
            return column
        if field.form is Form.UUID:
            return f'{self.spelled(field)} COLLATE "C"'
        plain = field.column.type in _TEXTS
        if plain and field.column.bytewise:
            return column
        return f'{column}{"" if plain else "::text"} COLLATE "C"'

    def value(self, field: Field) -> str:
        textual = field.column.form is Form.TEXT and field.column.type not in _TEXTS
        return "%s::text" if textual else f"%s::{field.column.type}"

    def equals(self, field: Field) -> str:
        if field.form is Form.UUID and field.column.form is Form.TEXT:
            return f"{self.spelled(field)} = %s"
        return f"{self.name(field.column.name)} = %s::{field.column.type}"

    def given(self, field: Field, text: str) -> object:
        return f"\\x{text}" if field.column.form is Form.BYTES else text

    def number(self, expression: str) -> str:
        return f"({expression})::text"

    def random(self) -> str:
        return "random()"

    def columns(self, ask: Ask, table: str) -> list[Column]:
        """The table's columns in their order; `Permanent` where there is no such table."""
        found = [
            Column(str(name), f'"{space}"."{kind}"', _form(str(kind), enum=bool(enum)),
                   bool(nullable), bool(bytewise))
            for name, kind, space, enum, nullable, bytewise in ask(_COLUMNS, [self.name(table)])
        ]  # fmt: skip
        if not found:
            raise Permanent(f'There is no table {table} there, or it may not be seen. Name it '
                            "with its schema, and grant SELECT on it.")  # fmt: skip
        return found

    def unique(self, ask: Ask, table: str) -> list[tuple[str, ...]]:
        """Columns that make a row unique, those of the primary key first."""
        rows = ask(_UNIQUE, [self.name(table)])
        return [tuple(names) for names, _ in rows if isinstance(names, list)]

    def estimate(self, ask: Ask, table: str) -> int:
        """How many rows there may be; 0 where nobody knows."""
        rows = ask(_ROWS, [self.name(table)])
        return int(str(rows[0][0])) if rows else 0


def _form(kind: str, *, enum: bool) -> Form:
    return Form.TEXT if enum else FORMS.get(kind, Form.OTHER)


def _number(column: str, kind: str) -> str:
    match kind.rpartition(".")[2].strip('"'):
        case "bool":
            return f"{column}::int::text"
        case "numeric":
            return f"trim_scale({column})::text"
        case "float4" | "float8":
            return f"trim_scale({column}::text::numeric)::text"
        case _:
            return f"{column}::text"
