"""A browser that signed in before says so, in a cookie nobody else can make.

It opens nothing: it only gives this browser tries of its own, which nobody else can use up.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_SALT: Final = "warroom.device"
_AGE_S: Final = 180 * 86_400


def known(request: HttpRequest, name: str) -> str | None:
    """This browser's key, if `name` (in lower case) signed in from it before."""
    said = request.COOKIES.get(settings.WARROOM_DEVICE_COOKIE, "")
    try:
        account, key = signing.loads(said, salt=_SALT, max_age=_AGE_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(key) if account == name else None


def remember(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    """Let this browser be known for `account`."""
    name = account.casefold()
    key = known(request, name) or secrets.token_urlsafe(16)
    response.set_cookie(
        settings.WARROOM_DEVICE_COOKIE, signing.dumps([name, key], salt=_SALT), max_age=_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
