"""Answer a click: back to the room, or fresh fragments; with the sentence that says what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from migrations_app.web.room import fragments, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from migrations_app.domain.errors import Refused
    from migrations_app.web.guard import Seat

STATUS = {"stale": 409, "busy": 409, "key_reused": 409, "not_allowed": 403}


class SeeOther(HttpResponseRedirect):
    """After a POST, look there: with a GET, whatever the browser is."""

    status_code = 303


def done(request: HttpRequest, seat: Seat, sentence: str) -> HttpResponse:
    """It happened."""
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return fragments(request, seat, said=sentence)
    messages.success(request, sentence)
    return SeeOther(reverse("room", args=[seat.run_id]))


def refused(request: HttpRequest, seat: Seat, refusal: Refused) -> HttpResponse:
    """It did not happen, and here is why, on a fresh screen."""
    status = STATUS.get(refusal.code, 422)
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return fragments(request, seat, status, refusal=refusal)
    return page(request, seat, status, refusal=refusal)
