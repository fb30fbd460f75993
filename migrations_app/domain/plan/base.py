"""What every part of a plan is made of: closed, frozen models and a few words with rules."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal, InvalidOperation
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


def wrong(sentence: str) -> PydanticCustomError:
    """A validation error that says exactly `sentence`."""
    return PydanticCustomError("plan", "{sentence}", {"sentence": sentence})


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise wrong(f'a duration needs a unit, such as "30s", "10m" or "24h", not {value!r}')
    return parse_duration(value)


def _weight(value: object) -> Decimal:
    if not isinstance(value, bool) and isinstance(value, int | float | str | Decimal):
        with suppress(InvalidOperation):
            return Decimal(str(value))
    raise wrong(f"a weight is GREEN's share in percent, such as 25 or 12.5, not {value!r}")


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
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
Username = Annotated[str, StringConstraints(pattern=r"^[\w.@+-]{1,150}$")]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_line)]
Text = Annotated[str, Field(max_length=10_000), AfterValidator(plain_text)]
Config = Annotated[JsonObject, AfterValidator(plain_object)]
Flag = StrictBool
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000_000)]
