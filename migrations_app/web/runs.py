"""The list of runs, and planning the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migrations_app.actions.start import plan_run
from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import ConfigError, Refused
from migrations_app.reads.access import roles_in
from migrations_app.reads.runs import runs as read
from migrations_app.web.answer import SeeOther
from migrations_app.web.clicks import field

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from migrations_app.reads.runs import Runs


@never_cache
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """What is live, what is next, what is over: of the migrations I hold a role in."""
    text, before = request.GET.get("q", "")[:LONGEST], _before(request)
    found = read(request.user.pk or 0, text, before)
    context = {"runs": found, "text": text, "older": _older(found, text), "paging": before}
    return render(request, "warroom/runs.html", context)


LONGEST = 100


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404("`before` is the number of a run.")
    return int(text) if text else None


def _older(found: Runs, text: str) -> str:
    if found.past.older is None:
        return ""
    return "?" + urlencode({"q": text, "before": found.past.older}) + "#past"


@require_POST
def plan(request: HttpRequest, migration_id: int) -> HttpResponse:
    """Plan a run of a migration in one of its environments, and go to its room."""
    if not roles_in(migration_id, request.user.pk):
        raise Http404("There is no such migration, or you hold no role in it.")
    actor = Actor(request.user.get_username(), request.user.pk, Via.WEB)
    try:
        run = plan_run(migration_id, field(request, "environment", 80), actor)
    except (Refused, ConfigError) as refusal:
        messages.error(request, str(refusal))
        return SeeOther(reverse("runs"))
    return SeeOther(reverse("room", args=[run.pk]))
