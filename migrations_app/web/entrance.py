"""The page to sign in on. It asks nobody but our own database: it is there when nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def entrance(
    request: HttpRequest, status: int = 200, refusal: str = "", name: str = ""
) -> HttpResponse:
    """The page, saying why signing in failed if it did. `name`: as it was typed."""
    context = {
        "refusal": refusal,
        "name": name,
        "next": next_of(request),
        "provider": settings.WARROOM_PROVIDER,
    }
    return render(request, "registration/login.html", context, status=status)


def provider_name() -> str:
    """What people call it."""
    provider = settings.WARROOM_PROVIDER
    return "Single sign-on" if provider is None else provider.name


def typed(request: HttpRequest, name: str, longest: int) -> str:
    """A field as it was typed. What no password holds and no database keeps is left out."""
    return request.POST.get(name, "")[:longest].replace("\0", "")


def next_of(request: HttpRequest) -> str:
    """Where to go on afterwards: a page of ours, or nothing."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
