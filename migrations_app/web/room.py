"""The room's page, and the one fragment in it that is a person's own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.domain.states import Verb
from migrations_app.reads.room import room as read
from migrations_app.web.guard import Seat, seated
from migrations_app.web.mine import mine as mine_of
from migrations_app.web.regions import of_room, scene_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from migrations_app.domain.errors import Refused

log = logging.getLogger(__name__)


@require_safe
@seated
def room(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The whole page. It reads without JavaScript, and every form in it works without."""
    return page(request, seat)


@require_safe
@seated
def mine(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What I may do now."""
    context = {"room": (shown := read(seat.run_id)), "mine": mine_of(shown, seat)}
    return render(request, "warroom/mine/fragment.html", context)


def page(
    request: HttpRequest, seat: Seat, status: int = 200, refusal: Refused | None = None
) -> HttpResponse:
    """The page, saying why a click was refused if it was.

    Should it ever fail to draw, the way back is still there: a bare page with one button.
    """
    try:
        return render(request, "warroom/room.html", _context(seat, refusal), status=status)
    except Exception:
        log.exception("the room of run %s can't be drawn", seat.run_id)
        stopper = seat.seats.may(Verb.ROLL_BACK)
        bare = {"run_id": seat.run_id, "stopper": stopper} | _why(refusal)
        return render(request, "warroom/bare.html", bare, status=500)


def fragments(
    request: HttpRequest,
    seat: Seat,
    status: int = 200,
    said: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    """Everything fresh in place of a click's answer: my forms, and all regions beside them."""
    context = _context(seat, refusal) | {"said": said}
    return render(request, "warroom/mine/answer.html", context, status=status)


def _context(seat: Seat, refusal: Refused | None) -> dict[str, object]:
    shown = read(seat.run_id)
    scene = scene_of(shown)
    return {
        "room": shown,
        "mine": mine_of(shown, seat),
        "scene": scene,
        "regions": of_room(scene),
        "panels": settings.WARROOM_PANELS,
    } | _why(refusal)


def _why(refusal: Refused | None) -> dict[str, object]:
    """Why a click was refused. `asked`: the next one goes back although BLUE is no better."""
    if refusal is None:
        return {}
    return {"refusal": refusal.message, "asked": refusal.code == "blue_is_worse"}
