"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_page = LoginView.as_view(redirect_authenticated_user=True)
sign_out = LogoutView.as_view()


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The login page. A fragment that finds its session over sends the whole page here."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    if not htmx:
        return _page(request)
    came_from = urlencode({"next": htmx.current_url_abs_path or "/"})
    return HttpResponse(status=401, headers={"HX-Redirect": f"{reverse('login')}?{came_from}"})
