"""The list of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from migrations_app.reads.runs import runs as read

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """What is live, what is next, what is over: of the migrations I hold a role in."""
    return render(request, "warroom/runs.html", {"runs": read(request.user.pk or 0)})
