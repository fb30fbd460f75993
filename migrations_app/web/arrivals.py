"""Who is let in when the provider sends somebody, and as whom."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any, Final, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from migrations_app.web.again import page as again
from migrations_app.web.entrance import entrance, provider_name
from migrations_app.web.oidc import PROVIDER, Signed, Untrue
from migrations_app.web.step_up import proved_by_provider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)

_LATE_S: Final = 60
"""How far the provider's clock may be behind ours."""


class Arrivals(DefaultSocialAccountAdapter):  # type: ignore[misc]  # django-allauth ships no types
    """The provider comes from the environment alone. Whoever arrives new has no role anywhere."""

    def list_apps(
        self, request: Any, provider: Any = None, client_id: Any = None,  # noqa: ARG002 (the library's)
    ) -> list[Any]:  # fmt: skip
        """None from the database: a row there would be a second, silent way in."""
        app = _configured()
        asked = provider in {None, app.provider, app.provider_id} if app else False
        return [app] if app and asked and client_id in {None, app.client_id} else []

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        """With our reading of what it sends."""
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = Signed
        return found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 (the library's)
        return True

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:  # noqa: ARG002 (the library's)
        return reverse("account")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,  # noqa: ARG002 (the library's)
    ) -> None:  # fmt: skip
        """Back to the login page, with a sentence; the log says more."""
        if error == AuthError.CANCELLED:
            _refuse(request, f"You did not sign in with {provider.name}.", 401)
        log.warning("%s let nobody in: %s", provider.name, _told(exception))
        raise ImmediateHttpResponse(down(request))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Everything that must hold before the library signs anybody in."""
        data = sociallogin.account.extra_data
        _require_answer(request, sociallogin.state, data["id_token"])
        email = _verified_email(data["userinfo"])
        _require_welcome(request, email, data["userinfo"])
        if sociallogin.state["process"] == AuthProcess.REDIRECT:
            _prove(request, sociallogin, data["id_token"])
        elif not sociallogin.is_existing:
            _introduce(request, sociallogin, email)


def _told(error: Exception | None) -> str:
    """What an operator may know of it. An answer of the provider may hold tokens: of that, its
    error's name alone (`invalid_client`)."""
    if isinstance(error, Untrue):
        return str(error)
    named = re.search(r'"error"\s*:\s*"([a-z_]{1,40})"', str(error))
    return f"{type(error).__name__} {named[1]}" if named else type(error).__name__


def _configured() -> Any:
    """The provider of the environment as the library's row, which is never saved."""
    found = settings.WARROOM_PROVIDER
    if found is None:
        return None
    return SocialApp(
        provider="openid_connect", provider_id=PROVIDER, name=found.name,
        client_id=found.client_id, secret=found.secret,
        settings={"server_url": found.url, "oauth_pkce_enabled": True},
    )  # fmt: skip


def down(request: HttpRequest) -> HttpResponse:
    """The login page, for when the provider fails us."""
    name = provider_name()
    return turned_away(
        request, 503, f"{name} does not answer as it should. Try again, or use the password "
        "that is kept here.",
    )  # fmt: skip


def _refuse(request: HttpRequest, sentence: str, status: int = 403) -> NoReturn:
    log.warning("an arrival was refused: %s", sentence)
    raise ImmediateHttpResponse(turned_away(request, status, sentence))


def turned_away(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Back to where they came from: the login page, or the question who they are."""
    page = again if request.user.is_authenticated else entrance
    return page(request, status, sentence)


def _require_answer(
    request: HttpRequest, state: Mapping[str, Any], signed: Mapping[str, Any]
) -> None:
    """The token must answer the question this browser asked, not one of somebody else's."""
    if not state.get("nonce") or signed.get("nonce") != state["nonce"]:
        _refuse(request, "That answer belongs to another sign-in. Start again.")


def _verified_email(person: Mapping[str, Any]) -> str:
    """The address, where the provider vouches for it; else nothing: anybody can write one down."""
    said = person.get("email_verified")
    vouched = said is True or said == "true"  # some write the word
    return str(person.get("email", "")).strip().lower() if vouched else ""


def _require_welcome(request: HttpRequest, email: str, person: Mapping[str, Any]) -> None:
    """Of the domains and the group that `WARROOM_OIDC_DOMAINS` and `…_GROUP` name."""
    provider = settings.WARROOM_PROVIDER
    if provider is None:
        _refuse(request, "There is no provider to sign in with.")
    if provider.domains and email.rpartition("@")[2] not in provider.domains:
        _refuse(request, "Your e-mail address is not of a domain that may come in here.")
    groups = person.get("groups")
    if provider.group and not (isinstance(groups, list) and provider.group in groups):
        _refuse(request, f'Only people in the group "{provider.group}" may come in here.')


def _prove(request: HttpRequest, login: Any, signed: Mapping[str, Any]) -> None:
    """Not a new sign-in: the person before the screen shows once more who they are."""
    if not login.is_existing or login.user.pk != request.user.pk:
        _refuse(request, "That was somebody else's sign-in. Sign in as yourself.")
    auth_time = signed.get("auth_time")
    if not isinstance(auth_time, int) or auth_time < login.state["asked_at"] - _LATE_S:
        _refuse(request, f"{provider_name()} did not ask you again who you are, so that proves "
                "nothing. Use your password or a code instead.")  # fmt: skip
    proved_by_provider(request, min(auth_time, int(time.time())))


def _introduce(request: HttpRequest, login: Any, email: str) -> None:
    """Somebody the provider sends for the first time.

    They become the account an administrator prepared with that very address, if it is one, is
    nobody's yet, and opens no more than a room: an administrator's account is linked by its
    owner, with its password. Everybody else becomes new, without a role.
    """
    login.email_addresses = [one for one in login.email_addresses if email and one.email == email]
    login.user.email = email
    namesakes = list(User.objects.filter(email__iexact=email)) if email else []
    if not namesakes or login.state["process"] == AuthProcess.CONNECT:
        return
    if len(namesakes) == 1 and _prepared(namesakes[0]):
        login.connect(request, namesakes[0])
        return
    _refuse(request, "There is an account here with your e-mail address already. Sign in with its "
            "password and link it on your account page, or ask an administrator.")  # fmt: skip


def _prepared(user: User) -> bool:
    plain = user.is_active and not (user.is_staff or user.is_superuser)
    return plain and not SocialAccount.objects.filter(user=user).exists()
