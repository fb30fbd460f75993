"""One entry of a timeline: its own page, and what people add to it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from migrations_app.actions import pins, steps
from migrations_app.domain.errors import Refused
from migrations_app.reads.timeline import single
from migrations_app.web.answer import STATUS, SeeOther
from migrations_app.web.clicks import late_click_of, why
from migrations_app.web.guard import Seat, seated
from migrations_app.web.looking import Hands

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from migrations_app.actions.once import Outcome
    from migrations_app.reads.timeline import Single

FEW = 3
"""How many notes stand beneath an entry in a list, as on the page it was clicked on."""


@require_safe
@seated
def entry(request: HttpRequest, seat: Seat, seq: int) -> HttpResponse:
    """The entry with its evidence unfolded, its place in the chain, and what was around it."""
    return _page(request, seat, seq)


def _added(
    verb: Callable[[HttpRequest, Seat, int], Outcome],
) -> Callable[[HttpRequest, int, int], HttpResponseBase]:
    """A click on an entry: back to its page, or its fragment under htmx."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @seated
    @wraps(verb)
    def clicked(request: HttpRequest, seat: Seat, seq: int) -> HttpResponse:
        if request.method != "POST":
            return redirect("entry", seat.run_id, seq)
        try:
            outcome = verb(request, seat, seq)
        except Refused as refusal:
            return _refused(request, seat, seq, refusal)
        if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
            return _fragment(request, seat, seq)
        messages.success(request, outcome.sentence)
        return SeeOther(reverse("entry", args=[seat.run_id, seq]))

    return clicked


@_added
def pin(request: HttpRequest, seat: Seat, seq: int) -> Outcome:
    """Pin it."""
    return pins.pin(seat.run_id, seat.actor, late_click_of(request), seq)


@_added
def unpin(request: HttpRequest, seat: Seat, seq: int) -> Outcome:
    """Take its pin off."""
    return pins.unpin(seat.run_id, seat.actor, late_click_of(request), seq)


@_added
def annotate(request: HttpRequest, seat: Seat, seq: int) -> Outcome:
    """Write a note about it: an entry of its own."""
    return steps.note(seat.run_id, seat.actor, late_click_of(request), about=seq)


def _refused(request: HttpRequest, seat: Seat, seq: int, refusal: Refused) -> HttpResponse:
    """What was typed stays, whatever was refused."""
    status = STATUS.get(refusal.code, 422)
    said = {"refusal": refusal.message, "typed": why(request)}
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return _fragment(request, seat, seq, status, said)
    return _page(request, seat, seq, status, said)


def _fragment(
    request: HttpRequest, seat: Seat, seq: int, status: int = 200,
    said: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    found = _found(seat, seq, FEW)
    context = _context(seat, found) | (said or {})
    return render(request, "warroom/timeline_entry.html", context, status=status)


def _page(
    request: HttpRequest, seat: Seat, seq: int, status: int = 200,
    said: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    found = _found(seat, seq)
    context = _context(seat, found) | (said or {})
    return render(request, "warroom/timeline_single.html", context, status=status)


def _found(seat: Seat, seq: int, notes: int | None = None) -> Single:
    found = single(seat.run_id, seq) if notes is None else single(seat.run_id, seq, notes)
    if found is None:
        raise Http404("This run has no such entry.")
    return found


def _context(seat: Seat, found: Single) -> dict[str, object]:
    hands = Hands(seat.run_id, seat.seats)
    return {"single": found, "shown": found.shown, "run_id": seat.run_id, "hands": hands}
