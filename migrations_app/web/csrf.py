"""A form whose token does not fit: mostly a page that outlived its session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.csrf import csrf_failure

if TYPE_CHECKING:
    from django.http import HttpRequest


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nothing was done. A fragment's page is loaded again, which leads to the door if need be."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    return csrf_failure(request, reason)
