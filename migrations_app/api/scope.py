"""Who speaks: a bearer token, the person behind it, and what the token may be used for."""

import logging
from dataclasses import dataclass
from typing import ClassVar, Final

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security.http import HttpAuthBase

from migrations_app.api.problem import asked
from migrations_app.domain.about import learn
from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.seats import Seats
from migrations_app.models import Run
from migrations_app.reads.access import seats_in
from migrations_app.reads.tokens import Scope, Speaker, speaker

log = logging.getLogger(__name__)


class Asked(HttpRequest):
    """A request whose token counts."""

    auth: Speaker


class Token(HttpAuthBase):
    """A bearer token with at least one of `scopes`. A session is no token."""

    scopes: ClassVar[frozenset[Scope]]
    openapi_scheme: str = "bearer"

    def __call__(self, request: HttpRequest) -> Speaker:
        found = _speaker(request.headers.get("Authorization", ""))
        if found is None:
            log.warning("a token was refused at %s", asked(request))
            raise AuthenticationError
        if not found.scopes & self.scopes:
            wanted = " or ".join(sorted(self.scopes))
            raise Refused("not_allowed", f"This token lacks the scope {wanted}.")
        return found


def _speaker(header: str) -> Speaker | None:
    scheme, _, secret = header.partition(" ")
    return speaker(secret.strip()) if scheme.lower() == "bearer" else None


class ReadToken(Token):
    """For reading."""

    scopes = frozenset({Scope.READ})
    openapi_description: str = "A token with the scope `read`."


class DecideToken(Token):
    """For Go, No-Go, signatures and the like."""

    scopes = frozenset({Scope.DECIDE})
    openapi_description: str = "A token with the scope `decide`."


class OperateToken(Token):
    """For everything before and around decisions."""

    scopes = frozenset({Scope.OPERATE})
    openapi_description: str = "A token with the scope `operate`."


class EvidenceToken(Token):
    """For a pipeline that only measures."""

    scopes = frozenset({Scope.EVIDENCE})
    openapi_description: str = "A token with the scope `evidence`."


class EitherToken(Token):
    """Whoever may use a token to go forward may use it to go back, and to say why."""

    scopes = frozenset({Scope.DECIDE, Scope.OPERATE})
    openapi_description: str = "A token with the scope `decide` or `operate`."


READ: Final = ReadToken()
DECIDE: Final = DecideToken()
OPERATE: Final = OperateToken()
EVIDENCE: Final = EvidenceToken()
EITHER: Final = EitherToken()


@dataclass(frozen=True, slots=True)
class Seat:
    """A person with at least one role in the run's migration."""

    run_id: int
    actor: Actor
    seats: Seats


def actor_of(request: Asked) -> Actor:
    """The person behind the token, come through this door."""
    return Actor(request.auth.username, request.auth.user_id, Via.API)


def seat_of(request: Asked, run_id: int) -> Seat:
    """The person's seat. A run they hold no role in is answered as if there were none."""
    migration = Run.objects.filter(pk=run_id).values_list("migration_id", flat=True).first()
    seats = Seats() if migration is None else seats_in(migration, request.auth.user_id)
    if not seats.every:
        raise Refused("unknown_run", f"There is no run {run_id} in which you hold a role.")
    learn(run=run_id, actor=request.auth.username)
    return Seat(run_id, actor_of(request), seats)
