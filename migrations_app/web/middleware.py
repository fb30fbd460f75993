"""Around every view: the same headers as around the process (`live.guards`), wherever it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.live.guards import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def guarded_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Set what an answer does not say itself."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response

    return answered
