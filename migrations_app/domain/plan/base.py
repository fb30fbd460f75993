"""What every part of a plan is made of: closed, frozen models and a few words with rules."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from migrations_app.domain.duration import compact, parse_duration
from migrations_app.domain.plan.plain import JsonObject, plain_line, plain_object, plain_text


class Strict(BaseModel):
    """A closed, frozen model: an unknown key is an error, and nothing changes after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def wrong(sentence: str, at: str | None = None) -> PydanticCustomError:
    """A validation error that says exactly `sentence`, about the key `at` of what is validated."""
    inside = {} if at is None else {"at": at}
    return PydanticCustomError("plan", "{sentence}", {"sentence": sentence, **inside})


NAME = r"^[a-z0-9][a-z0-9_-]{0,62}$"
KIND = r"^[a-z0-9][a-z0-9_.-]{0,62}$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,99}$"

# Exactly what Django takes for a user name, and in the same dialect.
_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_WEIGHT = re.compile(r"-?\d{1,9}(\.\d\d?0*)?", re.ASCII)


def _duration(value: object) -> timedelta:
    span = parse_duration(value) if isinstance(value, str) else value
    if not isinstance(span, timedelta):
        raise wrong(f'a duration needs a unit, such as "30s", "10m" or "24h", not {value!r}')
    if span < timedelta(0):
        raise wrong(f"a duration cannot be negative, as {compact(span)} is")
    return span


def _username(text: str) -> str:
    if not _USERNAME.fullmatch(text):
        raise wrong(f"a user name holds letters, digits and @ . + - _ only, not {text!r:.40}")
    return text


def _weight(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise wrong(f"a weight is GREEN's share in percent, such as 25 or 12.5, not {value!r}")
    if not _WEIGHT.fullmatch(f"{value:f}" if isinstance(value, Decimal) else str(value)):
        raise wrong(f"a weight has at most two decimals, such as 25 or 12.5, not {value!r:.40}")
    return Decimal(str(value))


def _number(value: Decimal) -> int | float:
    """One spelling per weight, so that equal plans have equal snapshots."""
    return int(value) if value == value.to_integral_value() else float(value)


# A span of time, written "30s", "10m", "1h30m", "24h", "7d".
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration, json_schema_input_type=str),
    PlainSerializer(compact, return_type=str),
]
# GREEN's share in percent. Its range is lint's business, so that every bad weight is told at once.
Weight = Annotated[
    Decimal,
    BeforeValidator(_weight, json_schema_input_type=float),
    PlainSerializer(_number, return_type=int | float),
]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Kind = Annotated[str, StringConstraints(pattern=KIND)]
Username = Annotated[str, AfterValidator(_username)]
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_line)]
Text = Annotated[str, Field(max_length=10_000), AfterValidator(plain_text)]
Config = Annotated[JsonObject, AfterValidator(plain_object)]
Flag = StrictBool
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000_000)]
