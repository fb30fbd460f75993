"""Clicks about people: hand over, take over, be at a step, ask somebody. No screen is too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import handover, take_step
from migrations_app.actions.nudge import Asking
from migrations_app.actions.nudge import nudge as nudge_now
from migrations_app.actions.take_over import take_over as take_over_now
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.web.clicks import field, late_click_of
from migrations_app.web.verb import spoken_by

if TYPE_CHECKING:
    from django.http import HttpRequest

    from migrations_app.actions.once import Outcome
    from migrations_app.web.guard import Seat


@spoken_by
def offer(request: HttpRequest, seat: Seat) -> Outcome:
    """Offer a role you hold to `to`."""
    role, to = _role(request), field(request, "to", 150)
    return handover.offer(seat.run_id, seat.actor, late_click_of(request), role, to)


@spoken_by
def accept(request: HttpRequest, seat: Seat) -> Outcome:
    """Accept the role that is offered to you."""
    return handover.accept(seat.run_id, seat.actor, late_click_of(request), _offer(request))


@spoken_by
def decline(request: HttpRequest, seat: Seat) -> Outcome:
    """Decline it. Takes a reason."""
    return handover.decline(seat.run_id, seat.actor, late_click_of(request), _offer(request))


@spoken_by
def withdraw(request: HttpRequest, seat: Seat) -> Outcome:
    """Take an offer of yours back."""
    return handover.withdraw(seat.run_id, seat.actor, late_click_of(request), _offer(request))


@spoken_by
def take_over(request: HttpRequest, seat: Seat) -> Outcome:
    """Lead, without being asked to. Takes a reason."""
    return take_over_now(seat.run_id, seat.actor, late_click_of(request))


@spoken_by
def take(request: HttpRequest, seat: Seat) -> Outcome:
    """Take a step; `over` names who is at it now."""
    step, over = field(request, "step", 80), field(request, "over", 150)
    return take_step.take(seat.run_id, seat.actor, late_click_of(request), step, over)


@spoken_by
def put_down(request: HttpRequest, seat: Seat) -> Outcome:
    """Put down a step that you are at."""
    step = field(request, "step", 80)
    return take_step.put_down(seat.run_id, seat.actor, late_click_of(request), step)


@spoken_by
def note_at(request: HttpRequest, seat: Seat) -> Outcome:
    """Leave a note at a step."""
    step = field(request, "step", 80)
    return take_step.note_at(seat.run_id, seat.actor, late_click_of(request), step)


@spoken_by
def nudge(request: HttpRequest, seat: Seat) -> Outcome:
    """Ask a person, or whoever holds a role, for what the room waits for."""
    person = field(request, "person", 150)
    role = None if person else _role(request)
    asking = Asking(field(request, "about", 90), person, role)
    return nudge_now(seat.run_id, seat.actor, late_click_of(request), asking)


def _role(request: HttpRequest) -> Role:
    wanted = field(request, "role", 20)
    if wanted not in set(Role):
        raise Refused("form", f'There is no role "{wanted}". Load the page again.')
    return Role(wanted)


def _offer(request: HttpRequest) -> int:
    text = field(request, "offer", 18)
    if not (text.isascii() and text.isdigit()):
        raise Refused("form", "The form does not say which offer it is about. Load the page again.")
    return int(text)
