"""The whole timeline to keep: JSON that can be verified, Markdown to write on, a page to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from migrations_app.models import Run
from migrations_app.reads.export import chunks, cover, exported
from migrations_app.reads.retro import markdown
from migrations_app.web.guard import Seat, seated
from migrations_app.web.paper import policy, style

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.http import HttpRequest


@require_GET
@seated
def as_json(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:  # noqa: ARG001 (a view)
    """The whole timeline as one document that can be verified anywhere."""
    return _document(seat, exported(seat.run_id), "application/json", "json")


@require_GET
@seated
def as_markdown(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:  # noqa: ARG001 (a view)
    """The whole timeline to paste into the document in which people look back."""
    return _document(seat, markdown(seat.run_id), "text/markdown; charset=utf-8", "md")


@require_GET
@seated
def as_html(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:  # noqa: ARG001 (a view)
    """The whole timeline as a page that prints, and that needs nothing beside itself.

    Its style is inside it, so that it also prints from a disk; no other style would be applied.
    """
    response = _document(seat, printed(seat.run_id), "text/html; charset=utf-8", "html", "inline")
    response["Content-Security-Policy"] = policy(_STYLE)
    return response


_STYLE: Final = "warroom/print/style.css"


def _document(
    seat: Seat, pieces: AsyncIterator[str], kind: str, ending: str, how: str = "attachment"
) -> StreamingHttpResponse:
    slug = Run.objects.values_list("migration__slug", flat=True).get(pk=seat.run_id)
    name = f"{slugify(slug) or 'migration'}-run-{seat.run_id}-timeline.{ending}"
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


async def printed(run_id: int) -> AsyncIterator[str]:
    """The page to print in pieces. Raises `Run.DoesNotExist` before the first."""
    front = await sync_to_async(cover)(run_id)
    draw = sync_to_async(render_to_string)
    page = await draw("warroom/print/document.html", {"cover": front, "style": style(_STYLE)})
    opening, _, closing = page.partition(_HERE)
    yield opening
    async for chunk in chunks(run_id, front.seq):
        yield await draw("warroom/print/entries.html", {"entries": chunk})
    yield closing


_HERE = "<!--entries-->"
"""Where they go. No text of a run can spell it: its angle brackets are escaped."""
