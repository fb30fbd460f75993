"""The break-glass sheet to take along: a page that needs nothing beside itself, and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from migrations_app.conductor.sheet import sheet
from migrations_app.domain.sheet import text
from migrations_app.web.guard import Seat, seated
from migrations_app.web.paper import policy, style

if TYPE_CHECKING:
    from django.http import HttpRequest

    from migrations_app.domain.sheet import Sheet

_STYLE: Final = "warroom/print/sheet.css"


@require_safe
@seated
def as_html(request: HttpRequest, seat: Seat) -> HttpResponse:  # noqa: ARG001 (a view)
    """The sheet of now, with its style inside it, so that it also prints from a disk."""
    found = sheet(seat.run_id)
    page = render_to_string("warroom/print/sheet.html", {"sheet": found, "style": style(_STYLE)})
    response = HttpResponse(page, headers=_named(found, "html", "inline"))
    response["Content-Security-Policy"] = policy(_STYLE)
    return response


@require_safe
@seated
def as_text(request: HttpRequest, seat: Seat) -> HttpResponse:  # noqa: ARG001 (a view)
    """The sheet of now for a terminal."""
    found = sheet(seat.run_id)
    kind = "text/plain; charset=utf-8"
    return HttpResponse(text(found), kind, headers=_named(found, "txt", "attachment"))


def _named(found: Sheet, ending: str, how: str) -> dict[str, str]:
    name = f"break-glass-{found.migration}-run-{found.run}.{ending}"
    return {"Content-Disposition": f'{how}; filename="{name}"'}
