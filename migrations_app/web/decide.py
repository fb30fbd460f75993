"""Every click but one. A click is a POST that names its screen, and counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import gate, steps
from migrations_app.actions import resume as resuming
from migrations_app.actions.gate import Going
from migrations_app.actions.start import call_off as call_off_now
from migrations_app.conductor import hints
from migrations_app.conductor.start import start as start_now
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import Verb
from migrations_app.models import Route
from migrations_app.web import step_up
from migrations_app.web.clicks import click_of, field, late_click_of
from migrations_app.web.verb import spoken_by

if TYPE_CHECKING:
    from django.http import HttpRequest

    from migrations_app.actions.once import Outcome
    from migrations_app.web.guard import Seat


def poke(run_id: int) -> None:
    """The weights that were just asked for should not wait for the poller."""
    routes = Route.objects.filter(run_id=run_id).values_list("pk", flat=True)
    hints.poke([hints.route(pk) for pk in routes])


@spoken_by
def start(request: HttpRequest, seat: Seat) -> Outcome:
    """Start the run: its plan freezes, its first phase begins."""
    step_up.require(request, seat, Verb.START)
    outcome = start_now(seat.run_id, seat.actor, click_of(request))
    poke(seat.run_id)
    return outcome


@spoken_by
def call_off(request: HttpRequest, seat: Seat) -> Outcome:
    """Abort before start, or end a run that was rolled back."""
    return call_off_now(seat.run_id, seat.actor, click_of(request))


@spoken_by
def complete_step(request: HttpRequest, seat: Seat) -> Outcome:
    """Tick a step of the current phase."""
    name = field(request, "step", 80)
    return steps.complete_step(seat.run_id, seat.actor, click_of(request), name)


@spoken_by
def sign_off(request: HttpRequest, seat: Seat) -> Outcome:
    """Agree at the open gate, for one role."""
    wanted = field(request, "role", 20)
    if wanted not in set(Role):
        raise Refused("form", f'There is no role "{wanted}". Load the page again.')
    if Role(wanted) is Role.DRI:  # the DRI's signature may be the Go
        step_up.require(request, seat, Verb.SIGN_OFF)
    return gate.sign_off(seat.run_id, seat.actor, click_of(request), Role(wanted))


@spoken_by
def go(request: HttpRequest, seat: Seat) -> Outcome:
    """Go: enter the next phase."""
    step_up.require(request, seat, Verb.GO)
    outcome = gate.go(seat.run_id, seat.actor, click_of(request), _going(request))
    poke(seat.run_id)
    return outcome


@spoken_by
def complete(request: HttpRequest, seat: Seat) -> Outcome:
    """The last gate's Go: the run is done."""
    step_up.require(request, seat, Verb.COMPLETE)
    return gate.complete(seat.run_id, seat.actor, click_of(request), _going(request))


@spoken_by
def no_go(request: HttpRequest, seat: Seat) -> Outcome:
    """No-Go: hold here."""
    return gate.no_go(seat.run_id, seat.actor, click_of(request))


@spoken_by
def resume(request: HttpRequest, seat: Seat) -> Outcome:
    """Go on after a hold, a freeze or a rollback."""
    step_up.require(request, seat, Verb.RESUME)
    phase = field(request, "phase", 80)
    outcome = resuming.resume(seat.run_id, seat.actor, click_of(request), phase)
    poke(seat.run_id)
    return outcome


@spoken_by
def note(request: HttpRequest, seat: Seat) -> Outcome:
    """Put a sentence on the timeline."""
    return steps.note(seat.run_id, seat.actor, late_click_of(request))


def _going(request: HttpRequest) -> Going:
    overrides = tuple(dict.fromkeys(request.POST.getlist("override")))
    return Going(overrides, field(request, "typed", 80))
