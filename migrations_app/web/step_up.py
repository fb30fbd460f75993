"""Prove once more who you are: before going forward in production, never before going back.

Whoever finds a browser signed in can look, note, hold and roll back. Start, Go, Resume and
Complete on a production run take a proof of a quarter of an hour at most: a password, a one-time
code, a security key, or a sign-in that the provider says it has just asked for.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in as let_in
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpResponse
from django.urls import reverse

from migrations_app.domain.plan.environment import EnvironmentKind
from migrations_app.models import Run
from migrations_app.web.answer import SeeOther

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from migrations_app.domain.states import Verb
    from migrations_app.web.guard import Seat

P = ParamSpec("P")

_BY_PROVIDER: Final = "proved_by_provider"
_UNSAID: Final = "unsaid"


class Unproven(Exception):
    """A verb was to be said by somebody who has to show first who they are."""

    def __init__(self, verb: Verb) -> None:
        super().__init__(f"{verb} on production takes a fresh proof of who says it")
        self.verb = verb


def proved_at(request: HttpRequest) -> float:
    """When the person last proved who they are in this session, epoch seconds; 0 if never.

    A sign-in by the provider counts from when the provider last asked them, if it says when.
    """
    records = get_authentication_records(request, request.user)
    own = [float(one["at"]) for one in records if one["method"] != "socialaccount"]
    return max([float(request.session.get(_BY_PROVIDER, 0)), *own])


def fresh(request: HttpRequest) -> bool:
    """Whether the last proof still counts."""
    return 0 <= time.time() - proved_at(request) <= settings.WARROOM_PROOF_S


def proved_by_provider(request: HttpRequest, at: int) -> None:
    """The provider asked them who they are at `at`, epoch seconds."""
    request.session[_BY_PROVIDER] = at


@receiver(let_in)
def _came_by_provider(request: HttpRequest, sociallogin: Any = None, **_: Any) -> None:
    if sociallogin is None:
        return
    at = sociallogin.account.extra_data.get("id_token", {}).get("auth_time")
    if isinstance(at, int):
        proved_by_provider(request, min(at, int(time.time())))


def proven(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of one's own account that takes a fresh proof, and comes back here with it."""

    @wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated or fresh(request):
            return view(request, *args, **kwargs)
        here = request.path if request.method in {"GET", "HEAD"} else reverse("account")
        return SeeOther(_ask_at(here))

    return asked  # type: ignore[return-value]  # the request's name is the caller's


def require(request: HttpRequest, seat: Seat, verb: Verb) -> None:
    """Before a verb that goes forward. Raises `Unproven` if that takes a proof first.

    Who may not say it at all is refused for that, and not asked for a password on the way.
    """
    if seat.seats.may(verb) and due(request, seat.run_id):
        raise Unproven(verb)


def due(request: HttpRequest, run_id: int) -> bool:
    """Whether going forward in this run would ask for a proof now."""
    if fresh(request):
        return False
    return Run.objects.filter(pk=run_id, kind=EnvironmentKind.PRODUCTION).exists()


def ask(request: HttpRequest, seat: Seat, verb: Verb) -> HttpResponse:
    """Nothing was said. Off to the proof and back to the room; what was typed is kept till then."""
    request.session[_UNSAID] = [verb.value, request.POST.get("reason", "").strip()[:500]]
    to = _ask_at(reverse("room", args=[seat.run_id]))
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return HttpResponse(status=403, headers={"HX-Redirect": to})
    return SeeOther(to)


def proved(request: HttpRequest) -> None:
    """Tell them that nothing was decided meanwhile, and give back what they had typed."""
    unsaid = request.session.pop(_UNSAID, None)
    if unsaid is None:
        return
    verb, reason = unsaid
    said = f"Thank you. Nothing was decided yet: look at the room again, then press {spoken(verb)}."
    messages.success(request, f"{said} You had written: “{reason}”" if reason else said)


def spoken(verb: str) -> str:
    """As the button says it."""
    return verb.replace("_", " ").capitalize()


def _ask_at(next_url: str) -> str:
    return f"{reverse('again')}?{urlencode({'next': next_url})}"
