"""The timeline's page: filters, search, and what came since it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.reads.timeline import PAGE, listing
from migrations_app.reads.timeline import news as read_news
from migrations_app.web.guard import Seat, seated
from migrations_app.web.looking import Hands, looking

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@seated
def timeline(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Entries newest first, a page at a time; under htmx those after `after`, to be put on top."""
    look = looking(request, seat)
    shown = listing(seat.run_id, look.wanted)
    newer = look.wanted.after is not None and request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    context = {
        "look": look,
        "listing": shown,
        "chips": look.chips(shown.counts),
        "older": look.older(shown.older) if shown.older else "",
        "hands": Hands(seat.run_id, seat.seats),
    }
    name = "warroom/timeline_entries.html" if newer else "warroom/timeline.html"
    return render(request, name, context)


@require_safe
@seated
def news(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How many entries came after `after` that this look would show; empty for none."""
    look = looking(request, seat)
    after = look.wanted.after or 0
    count = read_news(seat.run_id, look.wanted.since(after))
    context = {"look": look, "count": count, "many": count > PAGE, "since": look.since(after)}
    return render(request, "warroom/timeline_news.html", context)
