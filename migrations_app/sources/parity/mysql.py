"""How MySQL (8 or newer) and MariaDB (10.6 or newer) spell what a comparison asks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.parity.form import Form
from migrations_app.sources.parity.side import Column, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.sources.parity.side import Ask

FORMS: Final[Mapping[str, Form]] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float",
                     "double", "bit", "year"), Form.NUMBER),
    **dict.fromkeys(("datetime", "timestamp"), Form.MOMENT),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum",
                     "set"), Form.TEXT),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
                    Form.BYTES),
    "date": Form.DAY, "time": Form.TIME, "json": Form.JSON, "uuid": Form.UUID,
}  # fmt: skip
_BARE: Final = 32  # so long is a UUID without its dashes
_PLAIN: Final = frozenset({Form.NUMBER, Form.MOMENT, Form.DAY, Form.TIME, Form.UUID, Form.BYTES})

_COLUMNS: Final = """
SELECT column_name, data_type, is_nullable, collation_name, character_maximum_length
  FROM information_schema.columns
 WHERE table_schema = coalesce(%s, database()) AND table_name = %s ORDER BY ordinal_position
"""
_UNIQUE: Final = """
SELECT index_name, column_name FROM information_schema.statistics
 WHERE table_schema = coalesce(%s, database()) AND table_name = %s AND non_unique = 0
   AND sub_part IS NULL
 ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index
"""
_ROWS: Final = """
SELECT coalesce(table_rows, 0) FROM information_schema.tables
 WHERE table_schema = coalesce(%s, database()) AND table_name = %s
"""


@dataclass(frozen=True, slots=True)
class Mysql:
    """Both dialects of it: what is written here means the same in either."""

    def name(self, text: str) -> str:
        return ".".join(f"`{part}`" for part in text.split("."))

    def raw(self, field: Field) -> str:
        column = self.name(field.column.name)
        if field.column.form is Form.BYTES:
            return f"LOWER(HEX({column}))"
        if field.column.type == "bit":
            return f"CAST({column} + 0 AS CHAR)"
        if field.column.type in {"float", "double"}:
            return f"CAST({column} AS CHAR)"
        return f"CONVERT({column} USING utf8mb4)"

    def spelled(self, field: Field) -> str:
        raw = self.raw(field)
        match field.form:
            case Form.NUMBER if field.column.type == "decimal":
                return _without_zeros(raw)
            case Form.NUMBER if field.column.type in {"float", "double"}:
                # Through its own text, which is exact; digits beyond 30 after the point are lost,
                # and then the values themselves are compared.
                return _without_zeros(f"CAST(CAST({raw} AS DECIMAL(65,30)) AS CHAR)")
            case Form.MOMENT | Form.TIME:
                return _without_zeros(raw)
            case Form.UUID if field.column.form is not Form.BYTES:
                return f"LOWER(REPLACE({raw}, '-', ''))"
            case _:
                return raw

    def row_hash(self, fields: Sequence[Field]) -> str:
        text = ", '|', ".join(self._part(one) for one in fields)
        return f"CAST(CONV(SUBSTRING(MD5(CONCAT({text})), 1, 15), 16, 10) AS UNSIGNED)"

    def _part(self, field: Field) -> str:
        text = self.spelled(field)
        if field.form not in _PLAIN:
            text = f"CONCAT(LENGTH({text}), ':', {text})"
        return f"COALESCE({text}, '~')" if field.column.nullable else text

    def sortable(self, field: Field) -> str:
        """An enum sorts by its number, most texts without case."""
        column = self.name(field.column.name)
        if field.form is Form.UUID and field.column.form is Form.TEXT and field.column.bytewise:
            return f"LOWER({column})"
        if field.form is Form.TEXT and not field.column.bytewise:
            return f"CAST(CONVERT({column} USING utf8mb4) AS BINARY)"
        if field.column.type == "uuid":
            return f"CAST({column} AS CHAR)"  # MariaDB sorts them by its own rules
        return column

    def value(self, field: Field) -> str:
        if field.column.form is Form.BYTES:
            return "UNHEX(%s)"
        textual = field.form is Form.TEXT and not field.column.bytewise
        return "CAST(%s AS BINARY)" if textual else "%s"

    def equals(self, field: Field) -> str:
        if field.column.form is Form.BYTES:
            return f"{self.name(field.column.name)} = UNHEX(%s)"
        if field.form is Form.UUID:
            return f"{self.sortable(field)} = %s"
        return f"{self.name(field.column.name)} = %s"

    def given(self, field: Field, text: str) -> object:
        """A number is sent as one: compared with text, both would be cut to a double."""
        if field.column.form is Form.NUMBER:
            return Decimal(text)
        uuid = field.form is Form.UUID and field.column.form is not Form.BYTES
        return with_dashes(text) if uuid and field.column.length != _BARE else text

    def number(self, expression: str) -> str:
        return f"CAST({expression} AS CHAR)"

    def random(self) -> str:
        return "RAND()"

    def columns(self, ask: Ask, table: str) -> list[Column]:
        """The table's columns in their order; `Permanent` where there is no such table."""
        found = [
            Column(str(name), str(kind), FORMS.get(str(kind), Form.OTHER), nullable == "YES",
                   str(collation or "_bin").endswith("_bin") and kind not in {"enum", "set"},
                   None if length is None else int(str(length)))
            for name, kind, nullable, collation, length in ask(_COLUMNS, _split(table))
        ]  # fmt: skip
        if not found:
            raise Permanent(f"There is no table {table} there, or it may not be seen. Name it "
                            "with its database, and grant SELECT on it.")  # fmt: skip
        return found

    def unique(self, ask: Ask, table: str) -> list[tuple[str, ...]]:
        """Columns that make a row unique, those of the primary key first."""
        found: dict[object, tuple[str, ...]] = {}
        for index, column in ask(_UNIQUE, _split(table)):
            found[index] = (*found.get(index, ()), str(column))
        return list(found.values())

    def estimate(self, ask: Ask, table: str) -> int:
        """How many rows there may be; 0 where nobody knows."""
        rows = ask(_ROWS, _split(table))
        return int(str(rows[0][0])) if rows else 0


def with_dashes(text: str) -> str:
    """A UUID as it is usually written."""
    parts = (text[:8], text[8:12], text[12:16], text[16:20], text[20:])
    return "-".join(parts)


def _split(table: str) -> list[str | None]:
    schema, dot, name = table.partition(".")
    return [schema, name] if dot else [None, schema]


def _without_zeros(text: str) -> str:
    trimmed = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"
    return f"IF(LOCATE('.', {text}) = 0, {text}, {trimmed})"
