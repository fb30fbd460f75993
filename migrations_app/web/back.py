"""Roll back: one click, refused only for want of the role. It moves traffic before it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back as roll_back_now
from migrations_app.domain.errors import Refused
from migrations_app.web.answer import done, refused
from migrations_app.web.clicks import field, why
from migrations_app.web.guard import Seat, clicked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from migrations_app.conductor.rollback import Returned


@clicked
def roll_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Back to BLUE, and how far each route's way back is. No screen is too old for it."""
    sure = bool(field(request, "sure", 1))
    back = Back(reason=why(request), typed=field(request, "typed", 80), sure=sure)
    try:
        returned = roll_back_now(seat.run_id, seat.actor, back)
    except Refused as refusal:
        return refused(request, seat, refusal)
    return done(request, seat, came_of(returned))


def came_of(returned: Sequence[Returned]) -> str:
    """How far the way back is, in a sentence."""
    waiting = [one.route for one in returned if one.confirmed_at is None]
    if not waiting:
        return "Rolled back: every route is confirmed at its baseline."
    return f"Roll back is under way, not confirmed yet: {', '.join(waiting)}. We keep trying."
