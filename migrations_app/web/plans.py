"""The plan's page, and what entering a phase would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.conductor.preview import preview as look
from migrations_app.reads.plan.page import plan_page as read
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@seated
def plan_page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Everything that was agreed, what came of it so far, and the runbook it was written in."""
    return render(request, "warroom/plan/page.html", {"page": read(seat.run_id)})


@require_safe
@seated
def preview(request: HttpRequest, seat: Seat, phase: str) -> HttpResponse:
    """The exact change per route that entering `phase` brings: a fragment under htmx, else a page.

    Takes as long as the planes take to answer, up to the budget of `conductor.preview`.
    """
    found = look(seat.run_id, phase)
    if found is None:
        raise Http404("The plan of this run has no such phase.")
    whole = not request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    name = "warroom/plan/preview.html" if whole else "warroom/plan/preview_text.html"
    return render(request, name, {"preview": found})
