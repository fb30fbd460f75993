"""What GetMetricData says, and what may be believed of it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.reading import Outcome
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from datetime import datetime

Result = Mapping[str, Any]
# What is wrong with a query, in AWS's words; the rest is wrong with us or with the moment.
QUERY_CODES: Final = frozenset(
    {
        "InvalidParameterCombination",
        "InvalidParameterCombinationException",
        "InvalidParameterValue",
        "InvalidParameterValueException",
        "MissingParameter",
        "MissingRequiredParameterException",
        "ValidationError",
        "ValidationException",
    }
)


class Blame(Enum):
    """What would have to change before asking again could help."""

    MOMENT = "moment"
    QUERY = "query"
    SETUP = "setup"


@dataclass(frozen=True, slots=True)
class NoValue:
    """Nothing that could be judged, and why."""

    outcome: Outcome
    detail: str
    blame: Blame = Blame.MOMENT


def series(results: Sequence[Result], id_: str) -> Result | NoValue:
    """The one complete series of that id."""
    found = [result for result in results if result["Id"] == id_]
    if not found:
        return NoValue(Outcome.EMPTY, "CloudWatch knows no such metric; that is not zero")
    if len(found) > 1:
        sentence = f"{len(found)} series answer; aggregate them to one"
        return NoValue(Outcome.MANY_SERIES, sentence)
    return _whole(found[0])


def _whole(result: Result) -> Result | NoValue:
    status = result.get("StatusCode", "Complete")
    if status == "Complete":
        return result
    said = " ".join(clean(str(one.get("Value", ""))) for one in result.get("Messages") or ())
    words = f": {said}" if said else ""
    if status == "PartialData":
        return NoValue(Outcome.WARNINGS, f"CloudWatch has given only a part of its data{words}")
    if status == "Forbidden":
        sentence = f"our login may not read that metric{words}"
        return NoValue(Outcome.ERROR, sentence, Blame.SETUP)
    return NoValue(Outcome.ERROR, f"CloudWatch could not answer ({clean(str(status), 40)}){words}")


def value(result: Result | NoValue, start: datetime) -> float | NoValue:
    """The value of the period that begins at `start`."""
    if isinstance(result, NoValue):
        return result
    told = dict(zip(result["Timestamps"], result["Values"], strict=True))
    if not told:
        return NoValue(Outcome.EMPTY, f"no data point from {start:%H:%M} UTC on; that is not zero")
    if start not in told:
        sentence = "CloudWatch answered for another period than it was asked about"
        return NoValue(Outcome.WARNINGS, sentence)
    found = float(told[start])
    if math.isfinite(found):
        return found
    return NoValue(Outcome.NOT_FINITE, f"the answer is {found} (often x/0: nothing happened)")
