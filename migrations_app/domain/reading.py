"""A reading: one measurement, with everything needed to judge how much it may be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What came of asking. Only `OK` carries a value; all else is NO_DATA, and says why."""

    OK = "ok"
    EMPTY = "empty"  # the query matched nothing; this is not zero
    MANY_SERIES = "many_series"  # more than one answer: which one would we judge?
    NOT_FINITE = "not_finite"  # NaN or ±Inf
    WARNINGS = "warnings"  # the source itself doubts its answer
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Query:
    """One question to a source.

    `key` names the answer. `text` is the query as written. `offset` asks for the value that long
    before the moment of reading.
    """

    key: str
    text: str
    offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to one query.

    `value` is in the unit the check declares, None unless `outcome` is OK. `sampled_at` (aware,
    UTC) is the age of the newest sample behind the value as far as the source can tell.
    `detail` is a short sentence when the outcome is not OK, empty otherwise.
    """

    key: str
    query: str
    outcome: Outcome
    value: float | None = None
    sampled_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a history: `value` is None where the source had nothing finite to say."""

    at: datetime
    value: float | None
