"""People: hand a role over, take the lead over, be at a step, ask somebody. Need no revision."""

from typing import Final

from django.http import HttpResponse
from ninja import Header, Router

from migrations_app.actions import handover, take_step
from migrations_app.actions.nudge import Asking
from migrations_app.actions.nudge import nudge as nudge_now
from migrations_app.actions.once import Outcome
from migrations_app.actions.take_over import take_over as take_over_now
from migrations_app.api.answer import answered
from migrations_app.api.bodies import Came, Noted, Nudged, Offered, Said, Taken
from migrations_app.api.out import OutcomeOut
from migrations_app.api.scope import DECIDE, EITHER, OPERATE, Asked, seat_of
from migrations_app.domain.actor import Click

router: Final = Router(tags=["people"], auth=DECIDE)


@router.post("/runs/{int:run_id}/handovers", response=OutcomeOut, operation_id="offer_role")
def offer(
    request: Asked, run_id: int, body: Offered, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Offer a role that you hold. It stays yours until it is accepted, for 15 minutes."""
    seat = seat_of(request, run_id)
    click = _click(body, came)
    outcome = handover.offer(seat.run_id, seat.actor, click, body.role, body.to)
    return answered(outcome, response)


@router.post(
    "/runs/{int:run_id}/handovers/{int:offer_id}/accept",
    response=OutcomeOut,
    operation_id="accept_role",
)
def accept(
    request: Asked, run_id: int, offer_id: int, body: Said, came: Header[Came],
    response: HttpResponse,
) -> Outcome:  # fmt: skip
    """Accept a role that is offered to you. Who gave it backs it up from now on."""
    seat = seat_of(request, run_id)
    outcome = handover.accept(seat.run_id, seat.actor, _click(body, came), offer_id)
    return answered(outcome, response)


@router.post(
    "/runs/{int:run_id}/handovers/{int:offer_id}/decline",
    response=OutcomeOut,
    operation_id="decline_role",
)
def decline(
    request: Asked, run_id: int, offer_id: int, body: Said, came: Header[Came],
    response: HttpResponse,
) -> Outcome:  # fmt: skip
    """Decline a role that is offered to you. Takes a reason."""
    seat = seat_of(request, run_id)
    outcome = handover.decline(seat.run_id, seat.actor, _click(body, came), offer_id)
    return answered(outcome, response)


@router.post(
    "/runs/{int:run_id}/handovers/{int:offer_id}/withdraw",
    response=OutcomeOut,
    operation_id="withdraw_role",
)
def withdraw(
    request: Asked, run_id: int, offer_id: int, body: Said, came: Header[Came],
    response: HttpResponse,
) -> Outcome:  # fmt: skip
    """Take back an offer of yours that nobody has answered."""
    seat = seat_of(request, run_id)
    outcome = handover.withdraw(seat.run_id, seat.actor, _click(body, came), offer_id)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/take-over", response=OutcomeOut, operation_id="take_over")
def take_over(
    request: Asked, run_id: int, body: Said, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Become the DRI, for who backs them up: without their yes, with a reason."""
    seat = seat_of(request, run_id)
    return answered(take_over_now(seat.run_id, seat.actor, _click(body, came)), response)


@router.post(
    "/runs/{int:run_id}/steps/{name}/take",
    auth=OPERATE,
    response=OutcomeOut,
    operation_id="take_step",
)
def take(
    request: Asked, run_id: int, name: str, body: Taken, came: Header[Came],
    response: HttpResponse,
) -> Outcome:  # fmt: skip
    """Say that you are at a step of the current phase."""
    seat = seat_of(request, run_id)
    outcome = take_step.take(seat.run_id, seat.actor, _click(body, came), name, body.over)
    return answered(outcome, response)


@router.post(
    "/runs/{int:run_id}/steps/{name}/put-down",
    auth=OPERATE,
    response=OutcomeOut,
    operation_id="put_step_down",
)
def put_down(
    request: Asked, run_id: int, name: str, body: Said, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Leave a step that you are at to somebody else."""
    seat = seat_of(request, run_id)
    outcome = take_step.put_down(seat.run_id, seat.actor, _click(body, came), name)
    return answered(outcome, response)


@router.post(
    "/runs/{int:run_id}/steps/{name}/notes",
    auth=OPERATE,
    response=OutcomeOut,
    operation_id="note_at_step",
)
def note_at(
    request: Asked, run_id: int, name: str, body: Noted, came: Header[Came],
    response: HttpResponse,
) -> Outcome:  # fmt: skip
    """Leave a sentence at a step, and on the timeline."""
    seat = seat_of(request, run_id)
    click = Click(key=came.key or "", reason=body.text)
    return answered(take_step.note_at(seat.run_id, seat.actor, click, name), response)


@router.post("/runs/{int:run_id}/nudges", auth=EITHER, response=OutcomeOut, operation_id="nudge")
def nudge(
    request: Asked, run_id: int, body: Nudged, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Ask somebody for what the room waits for: the same person for the same, every 2 minutes."""
    seat = seat_of(request, run_id)
    asking = Asking(body.about, body.person, None if body.person else body.role)
    return answered(nudge_now(seat.run_id, seat.actor, _click(body, came), asking), response)


def _click(body: Said, came: Came) -> Click:
    return Click(key=came.key or "", reason=body.reason)
