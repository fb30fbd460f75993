"""The comms desk: compose, check, approve, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from migrations_app.actions import updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.web.answer import STATUS, SeeOther
from migrations_app.web.clicks import field, why
from migrations_app.web.composer import Composer, composer, words_of
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


@require_safe
@seated
def comms(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The desk: the timeline to quote from, the draft that is open, what was published."""
    return _page(request, seat, composer(request, seat))


@require_POST
@seated
def begin(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Begin an update with what is on the screen."""
    click = Click(key=field(request, "key", 120))
    try:
        saved = updates.begin(seat.run_id, seat.actor, click, words_of(request))
    except Refused as refusal:
        return _refused(request, seat, refusal)
    return _to(seat, saved.number)


@require_POST
@seated
def edit(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Keep what was typed. Under htmx: the preview and the leak check of it, as one types."""
    try:
        version = _version(request)
        updates.edit(seat.run_id, seat.actor, number, version, words_of(request))
    except Refused as refusal:
        return _refused(request, seat, refusal, number)
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return _checked(request, composer(request, seat, number))
    return _to(seat, number)


def _decided(
    said: str, verb: Callable[[HttpRequest, Seat, int], object]
) -> Callable[[HttpRequest, int, int], HttpResponseBase]:
    """A view that keeps what is on the screen, then does `verb` to it."""

    @require_POST
    @seated
    def view(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
        try:
            verb(request, seat, number)
        except Refused as refusal:
            return _refused(request, seat, refusal, number)
        messages.success(request, said.format(number))
        return SeeOther(reverse("comms", args=[seat.run_id]))

    return view


def _kept(request: HttpRequest, seat: Seat, number: int) -> int:
    """The version of the draft once what is on the screen is in it."""
    version = _version(request)
    if "headline" not in request.POST:
        return version
    return updates.edit(seat.run_id, seat.actor, number, version, words_of(request)).version


def _ask(request: HttpRequest, seat: Seat, number: int) -> None:
    version = _kept(request, seat, number)
    updates.ask(seat.run_id, seat.actor, _click(request), number, version)


def _approve(request: HttpRequest, seat: Seat, number: int) -> None:
    updates.approve(seat.run_id, seat.actor, _click(request), number, _version(request))


def _send_back(request: HttpRequest, seat: Seat, number: int) -> None:
    updates.send_back(seat.run_id, seat.actor, _click(request), number)


def _drop(request: HttpRequest, seat: Seat, number: int) -> None:  # noqa: ARG001 (as the others)
    updates.drop(seat.run_id, seat.actor, number)


def _publish(request: HttpRequest, seat: Seat, number: int) -> None:
    what = Publishing(
        number, _kept(request, seat, number), tuple(dict.fromkeys(request.POST.getlist("accept")))
    )
    publish(seat.run_id, seat.actor, _click(request), what)


ask = _decided("Update {} waits for the DRI.", _ask)
approve = _decided("Update {} is approved.", _approve)
send_back = _decided("Update {} went back to its writer.", _send_back)
drop = _decided("Update {} is dropped.", _drop)
publish_update = _decided("Update {} is published.", _publish)


def _click(request: HttpRequest) -> Click:
    return Click(key=field(request, "key", 120), reason=why(request))


def _version(request: HttpRequest) -> int:
    text = field(request, "version", 9)
    if not (text.isascii() and text.isdigit()):
        raise Refused("form", "The form does not say which version it shows. Load it again.")
    return int(text)


def _to(seat: Seat, number: int) -> HttpResponse:
    return SeeOther(f"{reverse('comms', args=[seat.run_id])}?draft={number}")


def _refused(
    request: HttpRequest, seat: Seat, refusal: Refused, number: int | None = None
) -> HttpResponse:
    """What was typed stays on the screen, whatever was refused."""
    status = STATUS.get(refusal.code, 409 if refusal.code == "conflict" else 422)
    shown = composer(request, seat, number, typed=words_of(request, lenient=True))
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return _checked(request, shown, refusal.message, status)
    return _page(request, seat, shown, refusal.message, status)


def _checked(
    request: HttpRequest, shown: Composer, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"composer": shown, "refusal": refusal}
    return render(request, "warroom/comms/check.html", context, status=status)


def _page(
    request: HttpRequest, seat: Seat, shown: Composer, refusal: str = "", status: int = 200
) -> HttpResponse:
    if shown.missing:
        raise Http404("There is no such draft.")
    context = {"composer": shown, "refusal": refusal, "run_id": seat.run_id}
    return render(request, "warroom/comms/desk.html", context, status=status)
