"""Run a run: start it, call it off, tick steps, leave notes, push evidence."""

from typing import Final

from django.http import HttpResponse
from ninja import Header, Router

from migrations_app.actions import start as starting
from migrations_app.actions import steps
from migrations_app.actions.once import Outcome
from migrations_app.actions.steps import Evidence
from migrations_app.api.answer import answered, poke
from migrations_app.api.bodies import Annotation, Came, Clicked, Measured, click_of
from migrations_app.api.out import OutcomeOut
from migrations_app.api.scope import EITHER, EVIDENCE, OPERATE, Asked, seat_of
from migrations_app.conductor.start import start as start_now
from migrations_app.domain.actor import Click

router: Final = Router(tags=["operation"], auth=OPERATE)


@router.post("/runs/{int:run_id}/start", response=OutcomeOut, operation_id="start")
def start(
    request: Asked, run_id: int, body: Clicked, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Start: the plan freezes, the first phase begins. Every route has to be at its baseline."""
    seat = seat_of(request, run_id)
    outcome = start_now(seat.run_id, seat.actor, click_of(body, came))
    poke(seat.run_id)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/call-off", response=OutcomeOut, operation_id="call_off")
def call_off(
    request: Asked, run_id: int, body: Clicked, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Abort before the start, or end a run that was rolled back. Moves nothing."""
    seat = seat_of(request, run_id)
    return answered(starting.call_off(seat.run_id, seat.actor, click_of(body, came)), response)


@router.post(
    "/runs/{int:run_id}/steps/{name}/complete", response=OutcomeOut, operation_id="complete_step"
)
def complete_step(
    request: Asked,
    run_id: int,
    name: str,
    body: Clicked,
    came: Header[Came],
    response: HttpResponse,
) -> Outcome:
    """Tick a step of the current phase. The reason is kept as its note."""
    seat = seat_of(request, run_id)
    outcome = steps.complete_step(seat.run_id, seat.actor, click_of(body, came), name)
    return answered(outcome, response)


@router.post("/runs/{int:run_id}/notes", auth=EITHER, response=OutcomeOut, operation_id="note")
def note(
    request: Asked, run_id: int, body: Annotation, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Put a sentence on the timeline, about one of its entries or none. Needs no revision."""
    seat = seat_of(request, run_id)
    click = Click(key=came.key or "", reason=body.text)
    return answered(steps.note(seat.run_id, seat.actor, click, body.about), response)


@router.post(
    "/runs/{int:run_id}/evidence", auth=EVIDENCE, response=OutcomeOut, operation_id="push_evidence"
)
def push_evidence(
    request: Asked, run_id: int, body: Measured, came: Header[Came], response: HttpResponse
) -> Outcome:
    """Push a measurement for a check whose source is `pushed`. Needs no revision."""
    seat = seat_of(request, run_id)
    evidence = Evidence(body.check, body.value, body.sampled_at, body.expires_at, body.samples)
    click = Click(key=came.key or "")
    return answered(steps.push_evidence(seat.run_id, seat.actor, click, evidence), response)
