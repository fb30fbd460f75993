"""Who stands before us: every page, fragment, stream and click of a run begins here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from migrations_app.domain.about import learn
from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.trail import begun
from migrations_app.models import Run
from migrations_app.reads.access import seats_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from migrations_app.domain.plan.people import Role
    from migrations_app.domain.seats import Seats

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Seat:
    """A person with at least one role in the run's migration."""

    run_id: int
    actor: Actor
    seats: Seats

    @property
    def roles(self) -> frozenset[Role]:
        """Held or backed up."""
        return self.seats.every


def seat_of(request: HttpRequest, run_id: int) -> Seat:
    """The person's seat. 404 for a run they hold no role in, as if there were none."""
    migration = Run.objects.filter(pk=run_id).values_list("migration_id", flat=True).first()
    seats = None if migration is None else seats_in(migration, request.user.pk)
    if seats is None or not seats.every:
        raise Http404("There is no such run, or you hold no role in its migration.")
    actor = Actor(request.user.get_username(), request.user.pk, Via.WEB)
    learn(run=run_id, actor=actor.name)
    return Seat(run_id, actor, seats)


def seated(
    view: Callable[Concatenate[HttpRequest, Seat, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, int, P], HttpResponseBase]:
    """A view of a run: for people with a role in its migration only, kept by no cache."""

    @never_cache
    @wraps(view)
    def guarded(
        request: HttpRequest, run_id: int, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        return view(request, seat_of(request, run_id), *args, **kwargs)

    return guarded  # type: ignore[return-value]  # never_cache has no ParamSpec


def clicked(
    view: Callable[[HttpRequest, Seat], HttpResponseBase],
) -> Callable[[HttpRequest, int], HttpResponseBase]:
    """A click on a run: a POST. Whoever comes back here from the login page is shown the room."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @seated
    @wraps(view)
    def taken(request: HttpRequest, seat: Seat) -> HttpResponseBase:
        if request.method != "POST":
            return redirect("room", seat.run_id)
        with begun("click", via=Via.WEB, verb=view.__name__):
            return view(request, seat)

    return taken
