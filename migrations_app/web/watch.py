"""The page of those who watch: everything that is said and seen, and nothing to press.

It draws the room's own regions and lives by the room's own stream, so that what it shows can't be
another truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.reads.room import room
from migrations_app.web.guard import Seat, seated
from migrations_app.web.regions import scene_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@seated
def watch(request: HttpRequest, seat: Seat) -> HttpResponse:
    """For everybody with a role in the migration, observers among them."""
    shown = room(seat.run_id)
    return render(request, "warroom/watch.html", {"room": shown, "scene": scene_of(shown)})
