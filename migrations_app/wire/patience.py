"""How long somebody may take, as a runbook writes it: `3` (seconds), `500ms`, `1m`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from migrations_app.domain.plan.base import Duration

_LONGEST: Final = timedelta(minutes=5)
_WRONG: Final = "must be between 1ms and 5m"


def _seconds(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not 0 < value <= _LONGEST.total_seconds():
        raise ValueError(_WRONG)
    return timedelta(seconds=value)


def _bounded(span: timedelta) -> timedelta:
    if not timedelta(milliseconds=1) <= span <= _LONGEST:
        raise ValueError(_WRONG)
    return span


Patience = Annotated[Duration, BeforeValidator(_seconds), AfterValidator(_bounded)]
