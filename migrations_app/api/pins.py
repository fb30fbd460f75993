"""Pin an entry of a timeline, and take its pin off."""

from typing import Final

from django.http import HttpResponse
from ninja import Header, Router

from migrations_app.actions import pins
from migrations_app.actions.once import Outcome
from migrations_app.api.answer import answered
from migrations_app.api.bodies import Came, Said
from migrations_app.api.out import OutcomeOut
from migrations_app.api.scope import EITHER, Asked, seat_of
from migrations_app.domain.actor import Click

router: Final = Router(tags=["operation"], auth=EITHER)


@router.post("/runs/{int:run_id}/timeline/{int:seq}/pin", response=OutcomeOut, operation_id="pin")
def pin(
    request: Asked, run_id: int, seq: int, body: Said, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Pin entry `seq`: worth finding again. Needs no revision."""
    seat = seat_of(request, run_id)
    click = Click(key=came.key or "", reason=body.reason)
    return answered(pins.pin(seat.run_id, seat.actor, click, seq), response)


@router.post(
    "/runs/{int:run_id}/timeline/{int:seq}/unpin", response=OutcomeOut, operation_id="unpin"
)
def unpin(
    request: Asked, run_id: int, seq: int, body: Said, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Take the pin off entry `seq`. Needs no revision."""
    seat = seat_of(request, run_id)
    click = Click(key=came.key or "", reason=body.reason)
    return answered(pins.unpin(seat.run_id, seat.actor, click, seq), response)
