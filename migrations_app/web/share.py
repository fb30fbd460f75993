"""Share the public page: open it, make links, take them back. A link's address is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from migrations_app.actions import share as sharing
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.models import Run
from migrations_app.models.clock import db_now
from migrations_app.reads.status import sharing as read
from migrations_app.web.answer import STATUS, SeeOther
from migrations_app.web.clicks import field
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@seated
def share(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who may see the page now, and its links."""
    return _page(request, seat)


@require_POST
@seated
def open_page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Open the page, or close it."""
    whom, slug, intro = (field(request, name, 500) for name in ("open_to", "slug", "intro"))
    try:
        sharing.open_to(seat.run_id, seat.actor, whom, slug, intro)
    except Refused as refusal:
        return _page(request, seat, refusal)
    messages.success(request, "Done.")
    return SeeOther(reverse("share", args=[seat.run_id]))


@require_POST
@seated
def make_link(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new link. It is shown in this answer and never again."""
    days = field(request, "days", 4)
    try:
        token = sharing.make_link(
            seat.run_id, seat.actor, field(request, "label", 80),
            int(days) if days.isascii() and days.isdigit() else 0,
        )  # fmt: skip
    except Refused as refusal:
        return _page(request, seat, refusal)
    return _page(request, seat, token=token)


@require_POST
@seated
def revoke_link(request: HttpRequest, seat: Seat, link_id: int) -> HttpResponse:
    """Take a link back."""
    try:
        sharing.revoke_link(seat.run_id, seat.actor, link_id)
    except Refused as refusal:
        return _page(request, seat, refusal)
    messages.success(request, "The link leads nowhere now.")
    return SeeOther(reverse("share", args=[seat.run_id]))


def _page(
    request: HttpRequest, seat: Seat, refusal: Refused | None = None, token: str = ""
) -> HttpResponse:
    run = Run.objects.select_related("migration").get(pk=seat.run_id)
    shown = read(run.migration_id, db_now())
    context = {
        "run": run,
        "run_id": run.pk,
        "sharing": shown,
        "may": seat.seats.may(Verb.PUBLISH),
        "refusal": refusal.message if refusal else "",
        "link": settings.WARROOM_URL + reverse("status-link", args=[token, ""]) if token else "",
        "address": settings.WARROOM_URL + reverse("status", args=[shown.slug, ""])
        if shown.slug
        else "",
    }
    status = 200 if refusal is None else STATUS.get(refusal.code, 422)
    return render(request, "warroom/share.html", context, status=status)
