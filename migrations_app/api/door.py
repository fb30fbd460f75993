"""The way in to every address of the API: bounded bodies, strict JSON, kept by no cache."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Final

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.csrf import csrf_exempt
from ninja.parser import Parser

from migrations_app.actions.evidence_file import LONGEST as LONGEST_FILE
from migrations_app.api.problem import problem
from migrations_app.domain.actor import Via
from migrations_app.domain.trail import begun

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from pydantic import JsonValue

    View = Callable[..., HttpResponseBase]

LONGEST_BODY: Final = 64 * 1024
_LONGER: Final = {"push_evidence_file": LONGEST_FILE}
"""By operation: what takes more than words."""


class StrictJson(Parser):
    """JSON as its standard writes it: no key twice, no NaN."""

    def parse_body(self, request: HttpRequest) -> dict[str, JsonValue]:
        """The body. Raises `ValueError`, which the framework answers with 400."""
        body: dict[str, JsonValue] = json.loads(
            request.body, object_pairs_hook=_once, parse_constant=_no_number
        )
        return body


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


def door(view: View) -> View:
    """`view` for tokens: no session, so neither a login page nor a CSRF cookie."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def entered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = _too_much(request) or _clicked(view, request, *args, **kwargs)
        if response.status_code == 405:
            response = _not_so(response)
        response["Cache-Control"] = "no-store"
        return response

    return entered


def _clicked(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
    if request.method != "POST":
        return view(request, *args, **kwargs)
    with begun("click", via=Via.API, verb=_named(request)):
        return view(request, *args, **kwargs)


def _named(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _too_much(request: HttpRequest) -> HttpResponse | None:
    """Refused before a byte of it is looked at."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        return problem(411, "length", "A body must come with its Content-Length.")
    most = _LONGER.get(_named(request), LONGEST_BODY)
    if length and int(length) > most:
        return problem(413, "too_long", f"A body may have {most // 1024} KB, no more.")
    return None


def _not_so(response: HttpResponseBase) -> HttpResponse:
    answer = problem(405, "method", f"This address takes {response['Allow']} only.")
    answer["Allow"] = response["Allow"]
    return answer
