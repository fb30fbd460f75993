"""One's own account: password, second factors, the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from migrations_app.reads.slack import linked
from migrations_app.web.answer import SeeOther
from migrations_app.web.step_up import proven

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What this person signs in with."""
    own = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("pk"))
    of_type = {one.type: one for one in own}
    context = {
        "app": of_type.get(Authenticator.Type.TOTP),
        "codes": of_type.get(Authenticator.Type.RECOVERY_CODES),
        "keys": [one for one in own if one.type == Authenticator.Type.WEBAUTHN],
        "provider": settings.WARROOM_PROVIDER,
        "slack": linked(request.user.pk or 0),
        "hears_slack": bool(settings.WARROOM_SLACK_SIGNING_SECRETS),
        "linked": SocialAccount.objects.filter(user_id=request.user.pk).exists(),
    }
    return render(request, "account/account.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@proven
def password(request: HttpRequest) -> HttpResponse:
    """Change it. Every other session of this person ends with the old one."""
    user: User = request.user  # type: ignore[assignment]  # nobody else gets here
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, "Your password is changed. Everywhere else you are signed out.")
        return SeeOther(reverse("account"))
    status = 422 if form.errors else 200
    return render(request, "account/password.html", {"form": form}, status=status)
