"""One spelling for a value, whatever database it lies in.

A column is compared in a form that suits its type on both sides. The databases spell their values
in that form themselves, to be hashed where they lie; here the same is done with a value as a
database prints it, and that has the last word.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Form(StrEnum):
    """What kind of value it is. `OTHER`: whatever the database prints."""

    NUMBER = "number"  # booleans are 1 and 0
    MOMENT = "moment"  # in UTC, to the microsecond
    DAY = "day"
    TIME = "time"
    TEXT = "text"
    UUID = "uuid"
    BYTES = "bytes"  # in hex
    JSON = "json"
    OTHER = "other"


KEYS: Final = frozenset({Form.NUMBER, Form.MOMENT, Form.DAY, Form.TEXT, Form.UUID, Form.BYTES})
"""Forms that both databases put into the same order."""

_MEET: Final[Mapping[frozenset[Form], Form]] = {
    frozenset({Form.UUID, Form.TEXT}): Form.UUID,
    frozenset({Form.UUID, Form.BYTES}): Form.UUID,
    frozenset({Form.JSON, Form.TEXT}): Form.JSON,
    frozenset({Form.OTHER, Form.TEXT}): Form.TEXT,
}


def meet(blue: Form, green: Form) -> Form | None:
    """The form in which both can be compared; None where the types have nothing in common."""
    return blue if blue is green else _MEET.get(frozenset({blue, green}))


def spelled(text: str | None, form: Form) -> str | None:
    """A value as the database prints it, in its one spelling; None is NULL, and unlike ''."""
    return None if text is None else _SPELL.get(form, str)(text)


def order(text: str, form: Form) -> Decimal | bytes:
    """What a key's value is sorted by: as both databases do."""
    return Decimal(text) if form is Form.NUMBER else text.encode()


def _number(text: str) -> str:
    try:
        number = Decimal({"true": "1", "false": "0", "t": "1", "f": "0"}.get(text, text))
    except InvalidOperation:
        return text
    if not number.is_finite():
        return str(number)
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in {"-0", ""} else plain


def _moment(text: str) -> str:
    return _without_zeros(text.replace("+00", "", 1) if "+00" in text[19:] else text)


def _without_zeros(text: str) -> str:
    """Of a fraction of a second; `10:00:00.500 BC` keeps its tail."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = tail.split(" ", 1)
    kept = digits[0].rstrip("0")
    rest = f" {digits[1]}" if len(digits) > 1 else ""
    return f"{head}.{kept}{rest}" if kept else f"{head}{rest}"


def _uuid(text: str) -> str:
    return text.replace("-", "").lower()


def _bytes(text: str) -> str:
    return text.removeprefix("\\x").lower()


def _json(text: str) -> str:
    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return text
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_json_number)


def _json_number(number: object) -> dict[str, str]:
    return {"": _number(str(number))}


_SPELL: Final[Mapping[Form, Callable[[str], str]]] = {
    Form.NUMBER: _number,
    Form.MOMENT: _moment,
    Form.TIME: _without_zeros,
    Form.UUID: _uuid,
    Form.BYTES: _bytes,
    Form.JSON: _json,
}
