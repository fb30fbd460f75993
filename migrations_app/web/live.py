"""The hub's eyes: the same reads and templates as the page's, asked from its threads."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.contrib.sessions.models import Session
from django.db import connections
from django.db.models import F

from migrations_app.actions.presence import seen
from migrations_app.live.eyes import Eyes, Pulses
from migrations_app.models import Membership
from migrations_app.models.clock import ClockTimestamp, db_now
from migrations_app.reads import pulse
from migrations_app.web import regions
from migrations_app.web.stream import proof_of, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from migrations_app.live.eyes import Ticket

P = ParamSpec("P")
T = TypeVar("T")


def _briefly(ask: Callable[P, T]) -> Callable[P, T]:
    """Give the connection back afterwards: viewers hold none, however many there are."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return ask(*args, **kwargs)
        finally:
            connections.close_all()

    return asked


def _pulses(run_ids: Collection[int]) -> Pulses:
    found = pulse.pulses(run_ids)
    now = max((now for now, _ in found.values()), default=None) or db_now()
    return Pulses(now, {run_id: text for run_id, (_, text) in found.items()})


def allowed(tickets: Collection[Ticket]) -> set[Ticket]:
    """Tickets of active people with a role and an open session, in two queries for all of them.

    A session is over when it was signed out, ran out, or belongs to an old password.
    """
    rows = Membership.objects.filter(
        user__in={ticket.user_id for ticket in tickets},
        user__is_active=True,
        migration__runs__in={ticket.run_id for ticket in tickets},
    ).annotate(run_id=F("migration__runs"))
    rows = rows.select_related("user")
    seats = {(row.user_id, row.run_id): row.user for row in rows}
    proofs = {user.pk: proof_of(user) for user in seats.values()}
    wanted = {ticket.session for ticket in tickets}
    sessions = Session.objects.filter(session_key__in=wanted, expire_date__gt=ClockTimestamp())
    open_sessions = set(sessions.values_list("session_key", flat=True))
    return {
        ticket
        for ticket in tickets
        if ticket.session in open_sessions
        and (ticket.user_id, ticket.run_id) in seats
        and proofs[ticket.user_id] == ticket.proof
    }


EYES = Eyes(
    scene=_briefly(regions.scene),
    pulses=_briefly(_pulses),
    allowed=_briefly(allowed),
    remembers=remembered,
    seen=_briefly(seen),
)
