"""Signing in and out."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in as let_in
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import LogoutView
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from migrations_app.web import device, throttle
from migrations_app.web.entrance import entrance, next_of, typed
from migrations_app.web.source import source_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

log = logging.getLogger(__name__)

WRONG = "That user name and password do not match. Both are case-sensitive."

sign_out = LogoutView.as_view()


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The login page. A fragment that finds its session over sends the whole page here."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    if htmx:
        came_from = urlencode({"next": htmx.current_url_abs_path or "/"})
        return HttpResponse(status=401, headers={"HX-Redirect": f"{reverse('login')}?{came_from}"})
    if request.user.is_authenticated:
        return redirect(next_of(request) or settings.LOGIN_REDIRECT_URL)
    return _tried(request) if request.method == "POST" else entrance(request)


@login_not_required
@never_cache
def to_the_door(
    request: HttpRequest, extra_context: object = None,  # noqa: ARG001 (the admin's)
) -> HttpResponseBase:  # fmt: skip
    """The admin's own login page: it is this one. Who is in already, and no staff, stays out."""
    if request.user.is_authenticated:
        raise PermissionDenied
    query = urlencode({"next": next_of(request) or reverse("admin:index")})
    return redirect(f"{reverse('login')}?{query}")


def _tried(request: HttpRequest) -> HttpResponseBase:
    name, password = typed(request, "username", 150), typed(request, "password", 1024)
    try:
        one = throttle.password(request, name)
    except throttle.TooOften as often:
        answer = entrance(request, 429, often.sentence, name)
        answer["Retry-After"] = str(often.wait_s)
        return answer
    user = authenticate(request, username=name, password=password)
    if user is None:
        log.warning("signing in refused: name or password is wrong, from %s", source_of(request))
        return entrance(request, 401, WRONG, name)
    one.was_right()
    record_authentication(request, user, "password", username=name)
    return _in(request, user)


def _in(request: HttpRequest, user: AbstractBaseUser) -> HttpResponseBase:
    """On to the second factor if there is one, else in."""
    answer: HttpResponseBase = perform_login(request, user, redirect_url=next_of(request) or None)
    return answer


@receiver(user_logged_in)
def _until(request: HttpRequest, **_: Any) -> None:
    """A session ends when it ends, however busy it is: nothing on a page extends it."""
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    request.session.set_expiry(until)


@receiver(let_in)
def _known(request: HttpRequest, response: HttpResponseBase, user: Any, **_: Any) -> None:
    device.remember(request, response, user.get_username())
    log.info("%s signed in from %s", user.get_username(), source_of(request))
