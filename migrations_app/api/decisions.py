"""Decisions about a run, each the same verb that the room says."""

from typing import Final

from django.http import HttpResponse
from ninja import Header, Router, Status

from migrations_app.actions import gate
from migrations_app.actions import resume as resuming
from migrations_app.actions.amend import amend as amend_plan
from migrations_app.actions.gate import Going
from migrations_app.actions.once import Outcome
from migrations_app.actions.rollback import Back as BackTo
from migrations_app.api.answer import answered, poke
from migrations_app.api.bodies import Back, Came, Clicked, Forward, Resume, SignOff, click_of
from migrations_app.api.out import BackOut, OutcomeOut, ReturnedOut
from migrations_app.api.scope import DECIDE, EITHER, Asked, seat_of
from migrations_app.conductor.rollback import roll_back as roll_back_now

router: Final = Router(tags=["decisions"], auth=DECIDE)

_NOTHING: Final = Back()


@router.post("/runs/{int:run_id}/sign-off", response=OutcomeOut, operation_id="sign_off")
def sign_off(
    request: Asked, run_id: int, body: SignOff, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Agree at the open gate, for one role that you hold. Each person once per round."""
    seat = seat_of(request, run_id)
    outcome = gate.sign_off(seat.run_id, seat.actor, click_of(body, came), body.role)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/go", response=OutcomeOut, operation_id="go")
def go(
    request: Asked, run_id: int, body: Forward, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Go: enter the next phase. Everything the gate needs is checked again."""
    seat = seat_of(request, run_id)
    outcome = gate.go(seat.run_id, seat.actor, click_of(body, came), _going(body))
    poke(seat.run_id)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/complete", response=OutcomeOut, operation_id="complete")
def complete(
    request: Asked, run_id: int, body: Forward, came: Header[Came], response: HttpResponse
) -> Outcome:
    """The last gate's Go: the run is done."""
    seat = seat_of(request, run_id)
    outcome = gate.complete(seat.run_id, seat.actor, click_of(body, came), _going(body))
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/no-go", response=OutcomeOut, operation_id="no_go")
def no_go(
    request: Asked, run_id: int, body: Clicked, came: Header[Came], response: HttpResponse
) -> Outcome:
    """No-Go: hold here, weights where they are. Takes a reason."""
    seat = seat_of(request, run_id)
    return answered(gate.no_go(seat.run_id, seat.actor, click_of(body, came)), response)


@router.post("/runs/{int:run_id}/resume", response=OutcomeOut, operation_id="resume")
def resume(
    request: Asked, run_id: int, body: Resume, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Go on after a hold or a freeze, or, after a rollback, at the phase you name."""
    seat = seat_of(request, run_id)
    outcome = resuming.resume(seat.run_id, seat.actor, click_of(body, came), body.phase)
    poke(seat.run_id)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/amend", response=OutcomeOut, operation_id="amend")
def amend(
    request: Asked, run_id: int, body: Clicked, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Take over the migration's plan as it was loaded last. Takes a reason."""
    seat = seat_of(request, run_id)
    return answered(amend_plan(seat.run_id, seat.actor, click_of(body, came)), response)


@router.post(
    "/runs/{int:run_id}/rollback",
    auth=EITHER,
    response={200: BackOut, 202: BackOut},
    operation_id="roll_back",
)
def roll_back(request: Asked, run_id: int, body: Back = _NOTHING) -> Status[BackOut]:
    """Bring every route back to BLUE. Needs no revision, and answers when the routes were read
    back (200), or with how far each is when that takes longer (202): we keep trying."""
    seat = seat_of(request, run_id)
    back = BackTo(reason=body.reason, typed=body.typed, sure=body.sure)
    returned = roll_back_now(seat.run_id, seat.actor, back)
    confirmed = all(one.confirmed_at is not None for one in returned)
    routes = [ReturnedOut.model_validate(one) for one in returned]
    answer = BackOut(run_id=seat.run_id, confirmed=confirmed, routes=routes)
    return Status(200 if confirmed else 202, answer)


def _going(body: Forward) -> Going:
    return Going(tuple(dict.fromkeys(body.overrides)), body.typed)
