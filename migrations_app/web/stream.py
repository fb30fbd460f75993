"""Authorise a stream. The request ends here; the open connection is held elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
@seated
def stream(request: HttpRequest, seat: Seat) -> HttpResponse:  # noqa: ARG001 (a view)
    """An empty answer that asks the server around us to hold the connection for this run."""
    return HttpResponse(headers={"X-Hold-Stream": f"run:{seat.run_id}"})
