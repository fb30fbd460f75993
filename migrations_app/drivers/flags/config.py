"""What every runbook says about a flag service."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from migrations_app.domain.plan.base import Duration, Flag
from migrations_app.wire.place import BaseUrl, HeaderValue, Place

_LONGEST = timedelta(hours=1)


def _seconds(value: object) -> object:
    """A bare number counts seconds; 0 is for SDKs that are told at once."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return value
    return timedelta(seconds=min(value, 2 * _LONGEST.total_seconds()))


def _bounded(span: timedelta) -> timedelta:
    if span > _LONGEST:
        raise ValueError("an SDK that asks less than once an hour can't be rolled back with")
    return span


Poll = Annotated[Duration, BeforeValidator(_seconds), AfterValidator(_bounded)]
Truth = Flag
Url = BaseUrl  # for vendors with one address for everybody
# Names that become part of a path: nothing in them can leave it, or need escaping in it.
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.~-]{0,199}$")]


class FlagConfig(Place):
    """`poll`: how often SDKs ask for news, and so how long the last of them may act on the old
    share. Everything between, such as an edge proxy, adds its own."""

    secret_keys: ClassVar[tuple[str, ...]] = ("token",)

    token: HeaderValue
    poll: Poll = timedelta(seconds=15)
