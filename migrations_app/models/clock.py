"""Time is the database's: facts are stamped with `clock_timestamp()`, never with a host's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import DateTimeField, Func

if TYPE_CHECKING:
    from datetime import datetime


class ClockTimestamp(Func):
    """`clock_timestamp()`: the moment of the statement, not of the transaction's start."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = DateTimeField()
    arity = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()


def db_now() -> datetime:
    """The database's clock, aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment
