"""The page that asks once more who you are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from migrations_app.web import throttle
from migrations_app.web.entrance import next_of, typed
from migrations_app.web.step_up import fresh, proved

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask by whatever they have: password, code, key, provider. Then on to where they came from."""
    return _tried(request) if request.method == "POST" else page(request)


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """They proved it, here or elsewhere: on. Who did not is asked."""
    return _on(request) if fresh(request) else page(request)


def _on(request: HttpRequest) -> HttpResponse:
    proved(request)
    return redirect(next_of(request) or settings.LOGIN_REDIRECT_URL)


def _tried(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username()
    try:
        one = throttle.password(request, name)
    except throttle.TooOften as often:
        answer = page(request, 429, often.sentence)
        answer["Retry-After"] = str(often.wait_s)
        return answer
    user = authenticate(request, username=name, password=typed(request, "password", 1024))
    if user is None or user.pk != request.user.pk:
        return page(request, 401, "That is not your password. It is case-sensitive.")
    one.was_right()
    reauthenticate_by_password(request)
    return _on(request)


def page(request: HttpRequest, status: int = 200, refusal: str = "") -> HttpResponse:
    """The ways this person has, and what was wrong if something was."""
    user = request.user
    types = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    linked = SocialAccount.objects.filter(user_id=user.pk).exists()
    context = {
        "refusal": refusal,
        "next": next_of(request),
        "password": isinstance(user, User) and user.has_usable_password(),
        "code": Authenticator.Type.TOTP in types,
        "key": Authenticator.Type.WEBAUTHN in types,
        "provider": settings.WARROOM_PROVIDER if linked else None,
        "minutes": settings.WARROOM_PROOF_S // 60,
    }
    return render(request, "account/again.html", context, status=status)
