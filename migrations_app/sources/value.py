"""One finite number, or why there is none: what all sources share. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Transient
from migrations_app.domain.reading import Outcome, Reading
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.reading import Query

# Outcomes that say nothing against the query, only against the data of this moment.
DATA: Final = frozenset({Outcome.EMPTY, Outcome.MANY_SERIES, Outcome.NOT_FINITE, Outcome.WARNINGS})
# Stricter than float(), which also takes "1_000" and " 1".
_NUMBER: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)


class Blame(Enum):
    """What would have to change before asking again could help."""

    MOMENT = "moment"  # nothing; it may work the next time
    QUERY = "query"
    SETUP = "setup"  # address, credentials, rights


@dataclass(frozen=True, slots=True)
class NoValue:
    """Nothing that could be judged, and why."""

    outcome: Outcome
    detail: str
    blame: Blame = Blame.MOMENT


Value = float | NoValue


def number(value: object) -> Value:
    """What somebody gave as the one value: a number, a text that is one, or true or false
    (1 or 0)."""
    match value:
        case None:
            return NoValue(Outcome.EMPTY, "the answer is null; that is not zero")
        case bool() | int() | float() | Decimal():
            return _finite(value)
        case str() if _NUMBER.fullmatch(value):
            return _finite(float(value))
        case str():
            return unfit(f'the answer is the text "{clean(value, 40)}", not a number')
        case _:
            return unfit(f"the answer is {type(value).__name__}, not a number")


def unfit(sentence: str) -> NoValue:
    """The query itself can't be judged, whatever the data."""
    return NoValue(Outcome.ERROR, sentence, Blame.QUERY)


def reading(query: Query, value: Value, sampled_at: datetime) -> Reading:
    """`sampled_at` counts only if there is a value."""
    if isinstance(value, NoValue):
        return Reading(query.key, query.text, value.outcome, detail=value.detail)
    return Reading(query.key, query.text, Outcome.OK, value, sampled_at)


def refusal(value: Value) -> str | None:
    """What `invalid` answers when asking brought this. Raises `Transient` if it says nothing."""
    if not isinstance(value, NoValue) or value.outcome in DATA:
        return None
    if value.blame is Blame.QUERY:
        return value.detail
    raise Transient(value.detail)


def _finite(value: float | Decimal) -> Value:
    try:
        found = float(value)
    except (OverflowError, ValueError):  # an integer beyond all floats; a signalling NaN
        return NoValue(Outcome.NOT_FINITE, "the answer is too large to be judged, or no number")
    if math.isfinite(found):
        return found
    return NoValue(Outcome.NOT_FINITE, f"the answer is {found}, which can't be judged")
