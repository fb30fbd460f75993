"""Why a query got no result, in the words and statuses of the Prometheus HTTP API."""

from __future__ import annotations

from typing import ClassVar


class QueryError(Exception):
    """`kind` is the API's `errorType`."""

    kind: ClassVar[str]
    status: ClassVar[int]


class BadData(QueryError):
    """The question is wrong, or uses something this server does not know."""

    kind = "bad_data"
    status = 400


class Unexecutable(QueryError):
    """The question is right but the data at hand do not allow an answer."""

    kind = "execution"
    status = 422


class TimedOut(QueryError):
    """It took longer than the caller wanted to wait."""

    kind = "timeout"
    status = 503


class NotFound(QueryError):
    """There is nothing at this path."""

    kind = "not_found"
    status = 404
