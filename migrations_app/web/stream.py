"""Authorise a stream. The request ends here; the open connection is held elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from migrations_app.live.eyes import TICKET, Ticket
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
@seated
def stream(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An empty answer that asks the server around us to hold the connection for this run.

    By what right it is held goes along in the scope, which never leaves this process.
    """
    if isinstance(request, ASGIRequest):
        request.scope[TICKET] = _ticket(request, seat)  # type: ignore[index]  # a plain dict
    return HttpResponse(headers={"X-Hold-Stream": f"run:{seat.run_id}"})


def _ticket(request: HttpRequest, seat: Seat) -> Ticket:
    user = request.user
    proof = user.get_session_auth_hash() if user.is_authenticated else ""
    return Ticket(seat.run_id, user.pk or 0, request.session.session_key or "", proof)
