"""The public status page: read by anybody, without a session; and how to be told by mail."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from migrations_app.actions import subscribe as subscriptions
from migrations_app.domain.errors import Refused
from migrations_app.live.counter import GUARDS, headers, unchanged
from migrations_app.live.mirror import Mirror
from migrations_app.live.shelf import Away, Shelf
from migrations_app.reads import status as read
from migrations_app.web.clicks import field
from migrations_app.web.status_forms import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from migrations_app.live.mirror import Found

log = logging.getLogger(__name__)

_NOT_NOW = "This can't be done for the moment: our own systems can't be reached. Try again later."
_FORMS = r"|status\.json|feed\.atom|feed\.rss|calendar\.ics"
_PUBLIC = re.compile(rf"/status/([a-z0-9][a-z0-9-]*)/({_FORMS})")
_LINK = re.compile(rf"/s/([\w-]{{43}})/({_FORMS})", re.ASCII)


def address(path: str) -> tuple[str, str] | None:
    """The page and the form a path asks for; None where it is no public page."""
    if (at := _PUBLIC.fullmatch(path)) is not None:
        return at[1], at[2]
    if (at := _LINK.fullmatch(path)) is not None:
        return read.link_key(at[1]), at[2]
    return None


def _look(key: str) -> Found | None:
    """Ask the database, and give the connection back: readers hold none."""
    try:
        return read.found(key)
    except (DatabaseError, InterfaceError) as error:
        raise Away from error
    finally:
        connections.close_all()


SHELF = Shelf(_look, draw, Mirror(settings.WARROOM_STATUS_DIR))


@login_not_required
@require_safe
def page(request: HttpRequest, **_: str) -> HttpResponse:
    """The page where no `Counter` stands before the application."""
    wanted = address(request.path)
    try:
        found = None if wanted is None else SHELF.fetch(*wanted)
    except Away:
        return _plain("This page is not available for the moment.", HTTPStatus.SERVICE_UNAVAILABLE)
    if found is None:
        raise Http404("There is no such page.")
    rendered, of = found
    if unchanged(request.headers.get("If-None-Match", ""), rendered):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=_told(headers(rendered, of)))
    return HttpResponse(rendered.body, headers=headers(rendered, of))


def _told(said: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if not name.startswith("content-")}


def _plain(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status, headers=GUARDS)


def _own_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form without a session needs no token: what it takes is that it comes from our page."""

    @csrf_exempt
    @login_not_required
    def checked(request: HttpRequest, **where: str) -> HttpResponse:
        if request.method == "POST" and not _ours(request):
            return _plain("This form can only be sent from its own page.", HTTPStatus.FORBIDDEN)
        try:
            response = view(request, **where)
        except (OperationalError, InterfaceError):
            log.warning("a reader could not be answered: the database does not answer")
            response = _said(request, _NOT_NOW, HTTPStatus.SERVICE_UNAVAILABLE)
        for name, value in GUARDS.items():
            response.headers[name] = value
        response.headers["cache-control"] = "no-store"
        return response

    return checked


def _ours(request: HttpRequest) -> bool:
    """`Sec-Fetch-Site`, or an origin of ours. A page without referrer sends `Origin: null`."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin", "")
    return not origin or urlsplit(origin).netloc == request.get_host()


@_own_form
@require_POST
def subscribe(request: HttpRequest, slug: str = "", token: str = "") -> HttpResponse:
    """Ask for mail. The answer is the same whoever asks for whom."""
    row = read.page_at(slug or read.link_key(token))
    if row is None:
        raise Http404("There is no such page.")
    if not settings.WARROOM_MAILS:  # nobody would ever be asked whether it was them
        return _said(request, "No mail is sent from here. Take the feed.", HTTPStatus.CONFLICT)
    try:
        if not field(request, "website", 200):  # filled in by machines only
            subscriptions.ask(row, field(request, "email", 254))
    except Refused as refusal:
        return _said(request, refusal.message, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _said(request, "Look into your mail, and confirm that it was you. Nothing comes before.")


@_own_form
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, proof: str) -> HttpResponse:
    """Confirm. Only the button does it: programs that read mail follow links."""
    return _answered(request, proof, subscriptions.CONFIRM, "Yes, send me updates")


@_own_form
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, proof: str) -> HttpResponse:
    """Leave, by the page or by the mail program's own button (RFC 8058)."""
    return _answered(request, proof, subscriptions.LEAVE, "Stop sending me updates")


def _answered(request: HttpRequest, proof: str, salt: str, button: str) -> HttpResponse:
    try:
        reader = subscriptions.reader_of(proof, salt)
    except signing.BadSignature:
        return _said(request, "This link is not whole, or too old.", HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        return _said(request, subscriptions.answer(reader, salt))
    context = {"button": button, "title": reader.page.title}
    return render(request, "status/ask.html", context)


def _said(request: HttpRequest, text: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "status/said.html", {"text": text}, status=status)
