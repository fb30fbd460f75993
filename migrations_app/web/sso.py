"""To the provider and back. Pages here are small: the browser is on its way."""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from migrations_app.web.arrivals import down
from migrations_app.web.entrance import next_of
from migrations_app.web.oidc import PROVIDER, Signed
from migrations_app.web.step_up import proven

if TYPE_CHECKING:
    from django.http import HttpRequest

log = logging.getLogger(__name__)

_BROKEN: Final = (RequestException, OAuth2Error, KeyError, ValueError, TypeError)
"""What a provider that is down, or answers nonsense, comes to."""


@login_not_required
@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Off to the provider, to sign in."""
    return _away(request, AuthProcess.LOGIN, next_of(request), {})


@never_cache
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Off to the provider, which shall ask once more who it is, however well it knows."""
    asked = {"prompt": "login", "max_age": "0"}
    return _away(request, AuthProcess.REDIRECT, _after_proof(request), asked)


@never_cache
@require_POST
@proven
def link(request: HttpRequest) -> HttpResponse:
    """Off to the provider, to be known here by it from now on."""
    return _away(request, AuthProcess.CONNECT, reverse("account"), {})


@login_not_required
@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The provider sends somebody. What does not answer a question of ours leads nowhere."""
    _require_provider()
    view = OAuth2CallbackView.adapter_view(Signed(request, provider_id))
    try:
        answer: HttpResponse = view(request)
    except _BROKEN as error:
        return _failed(request, error)
    return answer


def _away(request: HttpRequest, process: str, next_url: str, asked: dict[str, str]) -> HttpResponse:
    """A page that goes on by itself: a form may not be redirected to another site by our CSP, and
    listing the sites a provider may pass through would be guessing."""
    _require_provider()
    nonce = secrets.token_urlsafe(24)
    try:
        provider = get_adapter(request).get_provider(request, PROVIDER)
        to: HttpResponse = provider.redirect(
            request, process, next_url or None, auth_params={"nonce": nonce, **asked},
            nonce=nonce, asked_at=int(time.time()),
        )  # fmt: skip
    except _BROKEN as error:
        return _failed(request, error)
    if not isinstance(to, HttpResponseRedirect):
        return to
    context = {"url": to.url, "provider": settings.WARROOM_PROVIDER}
    return render(request, "socialaccount/away.html", context)


def _after_proof(request: HttpRequest) -> str:
    return f"{reverse('proved')}?{urlencode({'next': next_of(request)})}"


def _require_provider() -> None:
    if settings.WARROOM_PROVIDER is None:
        raise Http404("There is no provider to sign in with.")


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("the provider fails us: %s", type(error).__name__)
    return down(request)
