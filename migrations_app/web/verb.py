"""A view out of a verb."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Refused
from migrations_app.web.answer import done, refused
from migrations_app.web.guard import Seat, clicked, seat_of
from migrations_app.web.step_up import Unproven, ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from migrations_app.actions.once import Outcome


def spoken_by(
    verb: Callable[[HttpRequest, Seat], Outcome],
) -> Callable[[HttpRequest, int], HttpResponseBase]:
    """The view that says `verb`: what it refuses is answered with its sentence.

    The answer is drawn for the seat the person has afterwards: the verb may have changed it.
    """

    @clicked
    @wraps(verb)
    def answered(request: HttpRequest, seat: Seat) -> HttpResponse:
        try:
            outcome = verb(request, seat)
        except Unproven as unproven:
            return ask(request, seat, unproven.verb)
        except Refused as refusal:
            return refused(request, seat_of(request, seat.run_id), refusal)
        return done(request, seat_of(request, seat.run_id), outcome.sentence)

    return answered
