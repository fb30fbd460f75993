"""Around every view: the headers that are around the process too (`live.guards`), and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.about import learn
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


def named(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Say which view answered: of all that is in a request, the one word that is ours."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.resolver_match is not None and request.resolver_match.view_name:
            learn(view=request.resolver_match.view_name)
        return response

    return answered
