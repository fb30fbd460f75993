"""Prometheus's answer, read whole: status, warnings, kind of result, series. Pure.

Whatever is not one finite number of one series is NO_DATA of some kind; nothing is guessed.
Source: Prometheus HTTP API v1.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from migrations_app.domain.reading import Outcome
from migrations_app.sources.prometheus.words import refused
from migrations_app.sources.value import Blame, NoValue
from migrations_app.wire.answer import Answer, clean

# Stricter than float(), which also takes "1_000" and " 1".
_NUMBER: Final = re.compile(
    r"[-+]?([0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?|inf)|nan", re.ASCII | re.IGNORECASE
)
Sample = tuple[float, str]  # unix seconds, and the value as text because JSON knows no NaN


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Element(_Part):
    """One series of a vector: a number in `value`, or else a native histogram."""

    value: Sample | None = None


class Line(_Part):
    """One series over time."""

    metric: dict[str, str]
    values: list[Sample] = Field(default_factory=list)


class _Vector(_Part):
    type: Literal["vector"] = Field(alias="resultType")
    result: list[_Element]


class _Scalar(_Part):
    type: Literal["scalar"] = Field(alias="resultType")
    result: Sample


class Matrix(_Part):
    type: Literal["matrix"] = Field(alias="resultType")
    result: list[Line]


class _String(_Part):
    type: Literal["string"] = Field(alias="resultType")
    result: Sample


Data = Annotated[_Vector | _Scalar | Matrix | _String, Field(discriminator="type")]


class Envelope(_Part):
    """A success with its data, or an error with the server's own words."""

    status: Literal["success", "error"]
    data: Data | None = None
    error: str = ""
    warnings: list[str] | None = None

    @property
    def doubts(self) -> list[str]:
        """Warnings proper. Before 3.0 Prometheus mixed its mere remarks in with them."""
        return [text for text in self.warnings or () if not text.startswith("PromQL info:")]


def unwrap(answer: Answer | NoValue) -> Envelope | NoValue:
    """The envelope of a success; everything else is explained."""
    if isinstance(answer, NoValue):
        return answer
    envelope = _parsed(answer.body)
    if answer.status != 200:
        return refused(answer, envelope.error if envelope else "")
    if envelope is None or (envelope.status == "success" and envelope.data is None):
        return NoValue(Outcome.ERROR, _not_ours(answer))
    if envelope.status == "error":
        return NoValue(Outcome.ERROR, f"it answered with an error: {clean(envelope.error)}")
    if envelope.doubts:
        return NoValue(Outcome.WARNINGS, f"it doubts its answer: {clean(envelope.doubts[0])}")
    return envelope


def number(answer: Answer | NoValue) -> float | NoValue:
    """The one finite number of the answer to an instant query."""
    envelope = unwrap(answer)
    if isinstance(envelope, NoValue):
        return envelope
    match envelope.data:
        case _Vector(result=[_Element(value=sample)]) if sample is not None:
            return finite(sample[1])
        case _Scalar(result=sample):
            return finite(sample[1])
        case other:
            return _no_number(other)


def finite(text: str) -> float | NoValue:
    if not _NUMBER.fullmatch(text):
        return NoValue(Outcome.ERROR, f'it answered "{clean(text, 40)}" where a number belongs')
    value = float(text)
    if math.isfinite(value):
        return value
    usual = "often 0/0: nothing happened in the window" if math.isnan(value) else "often x/0"
    return NoValue(Outcome.NOT_FINITE, f"the answer is {text} ({usual})")


def _no_number(data: Data | None) -> NoValue:
    match data:
        case _Vector(result=[]):
            return NoValue(Outcome.EMPTY, "no series matches; that is not zero")
        case _Vector(result=[_]):
            return _unfit("the answer is a native histogram, not a number")
        case _Vector(result=several):
            return NoValue(
                Outcome.MANY_SERIES, f"{len(several)} series match; aggregate them to one"
            )
        case Matrix():
            return _unfit("the query yields a range; wrap it, as in rate(…[5m])")
        case _:
            return _unfit("the query yields a text, not a number")


def _unfit(sentence: str) -> NoValue:
    return NoValue(Outcome.ERROR, sentence, Blame.QUERY)


def _parsed(body: bytes) -> Envelope | None:
    try:
        return Envelope.model_validate_json(body)
    except ValidationError:
        return None


def _not_ours(answer: Answer) -> str:
    if "html" in answer.media_type or answer.body.lstrip()[:1] == b"<":
        return "it answered with a web page, perhaps a login form, not with Prometheus's JSON"
    return "its answer is not Prometheus's JSON, or is cut short"
