"""What came with a click, as the form sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest


def click_of(request: HttpRequest) -> Click:
    """The click, with the screen it was made on. Refused when the form does not say which."""
    revision = _whole(request, "revision")
    if revision is None:
        raise Refused("form", "The form does not say which screen it belongs to. Load it again.")
    return Click(revision, _whole(request, "evaluation"), field(request, "key", 120), why(request))


def late_click_of(request: HttpRequest) -> Click:
    """A click that counts however old the screen is."""
    return Click(key=field(request, "key", 120), reason=why(request))


def why(request: HttpRequest) -> str:
    """The reason, in the person's words."""
    return field(request, "reason", 500)


def field(request: HttpRequest, name: str, longest: int) -> str:
    """A text field, cut to what is stored. PostgreSQL keeps no NUL."""
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def _whole(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refused("form", f'The form\'s "{name}" is not a number. Load the page again.')
    return int(text)
