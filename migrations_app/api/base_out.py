"""What everything the API answers is made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _seconds(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _text(value: object) -> object:
    return str(value)


Seconds = Annotated[float, BeforeValidator(_seconds)]
Word = Annotated[str, BeforeValidator(_text)]


class Out(BaseModel):
    """Read from the reads' own dataclasses, field by field."""

    model_config = ConfigDict(from_attributes=True)
