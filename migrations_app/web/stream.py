"""Authorise a stream. The request ends here; the open connection is held elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core import signing
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, parse_cookie
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET

from migrations_app.live.eyes import TICKET, Ticket
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpRequest


AGAIN = f"{'__Secure-' if settings.SESSION_COOKIE_SECURE else ''}warroom-stream"
"""Of one stream's path alone, which `__Host-` does not allow."""

_SALT = "warroom.stream"


@require_GET
@seated
def stream(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An empty answer that asks the server around us to hold the connection for this run.

    By what right it is held goes along in the scope, which never leaves this process; and, signed,
    in a cookie, so that a browser that comes back need not be authorised from scratch.
    """
    ticket = _ticket(request, seat)
    if isinstance(request, ASGIRequest):
        request.scope[TICKET] = ticket  # type: ignore[index]  # a plain dict
    response = HttpResponse(headers={"X-Hold-Stream": f"run:{seat.run_id}"})
    response.set_cookie(
        AGAIN, signing.dumps([ticket.run_id, ticket.user_id, ticket.proof], salt=_SALT),
        max_age=settings.SESSION_COOKIE_AGE, path=request.path, httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _ticket(request: HttpRequest, seat: Seat) -> Ticket:
    user = cast("AbstractBaseUser", request.user)  # nobody else has a seat
    return Ticket(seat.run_id, user.pk, request.session.session_key or "", proof_of(user))


def proof_of(user: AbstractBaseUser) -> str:
    """Changes with the password; says nothing about it."""
    return salted_hmac(_SALT, user.get_session_auth_hash()).hexdigest()


def remembered(scope: Mapping[str, Any]) -> Ticket | None:
    """The ticket this browser was given for this very stream, from its cookies alone."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    cookies = parse_cookie(header)
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    try:
        run_id, user_id, proof = signing.loads(
            cookies.get(AGAIN, ""), salt=_SALT, max_age=settings.SESSION_COOKIE_AGE
        )
    except signing.BadSignature:
        return None
    if reverse("stream", args=[run_id]) != scope["path"]:
        return None
    return Ticket(run_id, user_id, session, proof)
