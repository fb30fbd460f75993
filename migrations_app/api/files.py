"""Result files of tools as evidence. Only the number that a check asks for is kept."""

from datetime import timedelta
from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Header, Query, Router
from pydantic import BaseModel, ConfigDict, Field

from migrations_app.actions import evidence_file, steps
from migrations_app.actions.once import Outcome
from migrations_app.api.answer import answered
from migrations_app.api.bodies import Came
from migrations_app.api.out import OutcomeOut
from migrations_app.api.scope import EVIDENCE, Asked, seat_of
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.base import Duration, Name

router: Final = Router(tags=["operation"], auth=EVIDENCE)

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as the tool wrote it.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


class Handed(BaseModel):
    """`check`: which it is for. `expires`: how long it counts, from when it was measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Name
    expires: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(hours=1)


@router.post(
    "/runs/{int:run_id}/evidence/{tool}",
    response=OutcomeOut,
    operation_id="push_evidence_file",
    openapi_extra=_BODY,
)
def push_evidence_file(
    request: Asked,
    run_id: int,
    tool: str,
    handed: Query[Handed],
    came: Header[Came],
    response: HttpResponse,
) -> Outcome:
    """Push a tool's result file for a check whose source is `pushed`. The check's query names the
    number in it, its unit what that is turned into. Needs no revision."""
    seat = seat_of(request, run_id)
    body = request.read(evidence_file.LONGEST + 1)
    if len(body) > evidence_file.LONGEST:
        raise Refused("too_long", "The file is too long.")
    file = evidence_file.File(handed.check, tool, body, handed.expires)
    evidence = evidence_file.read(seat.run_id, file)
    click = Click(key=came.key or "")
    return answered(steps.push_evidence(seat.run_id, seat.actor, click, evidence), response)
