"""The timeline's page and its export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from migrations_app.models import Run
from migrations_app.reads.export import exported
from migrations_app.reads.timeline import page
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@seated
def timeline(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Entries newest first, a page at a time; `before` is the seq the page ends above."""
    text = request.GET.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404("`before` is the number of an entry.")
    run = Run.objects.select_related("migration").get(pk=seat.run_id)
    context = {"run": run, "page": page(run.pk, int(text) if text else None)}
    return render(request, "warroom/timeline.html", context)


@require_GET
@seated
def export(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:  # noqa: ARG001 (a view)
    """The whole timeline as one document that can be verified anywhere."""
    slug = Run.objects.values_list("migration__slug", flat=True).get(pk=seat.run_id)
    name = f"{slug}-run-{seat.run_id}-timeline.json"
    return StreamingHttpResponse(
        exported(seat.run_id),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
