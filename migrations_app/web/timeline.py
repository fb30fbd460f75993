"""The timeline's page and its export."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from migrations_app.domain.timeline import plain
from migrations_app.models import Run
from migrations_app.reads.timeline import entries, page
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
    """Every entry as it was hashed, oldest first, and the hash the last one must have."""
    run = Run.objects.select_related("migration").get(pk=seat.run_id)
    name = f"{run.migration.slug}-run-{run.pk}-timeline.json"
    return StreamingHttpResponse(
        _document(run),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _document(run: Run) -> AsyncIterator[str]:
    """One JSON document, one entry a line. It is never in memory as a whole."""
    head = {"run": run.pk, "migration": run.migration.slug, "environment": run.environment}
    yield json.dumps(head)[:-1] + ', "entries": [\n'
    last = ""
    async for entry in entries(run.pk):
        yield (",\n" if last else "") + json.dumps(plain(asdict(entry)))
        last = entry.hash
    yield f'\n], "head": {json.dumps(last)}}}\n'
