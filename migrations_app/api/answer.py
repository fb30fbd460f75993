"""After a verb: its outcome with the new revision, and a hint to those who move traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.conductor import hints
from migrations_app.models import Route

if TYPE_CHECKING:
    from django.http import HttpResponse

    from migrations_app.actions.once import Outcome


def answered(outcome: Outcome, response: HttpResponse) -> Outcome:
    """The outcome; its revision also as an ETag, to be sent back in `If-Match`."""
    response["ETag"] = f'"{outcome.revision}"'
    return outcome


def poke(run_id: int) -> None:
    """The weights that were just asked for should not wait for the poller."""
    routes = Route.objects.filter(run_id=run_id).values_list("pk", flat=True)
    hints.poke([hints.route(pk) for pk in routes])
