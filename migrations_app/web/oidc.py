"""What an OpenID Connect provider says of somebody, believed only where its signature covers it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import jwt
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

PROVIDER: Final = "sso"
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_LEEWAY_S: Final = 60
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_NEEDED: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_SIGNED: Final = ("iss", "sub", "auth_time", "nonce")
_KEPT: Final = (
    "sub", "email", "email_verified", "preferred_username", "name", "given_name", "family_name",
    "groups",
)  # fmt: skip


class Untrue(OAuth2Error):  # type: ignore[misc]  # django-allauth ships no types
    """What came is not what a provider that can be trusted sends. The message holds no secret."""


class Signed(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # django-allauth ships no types
    """Checks the ID token to the letter: signature, issuer, audience, times, and whose it is.

    The library trusts a token it fetched over TLS; we would rather not hang the door on that.
    """

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Where the provider says its doors are. Raises `Untrue` if it is not the one we asked."""
        url = str(self.get_provider().app.settings["server_url"])
        told = _asked(url + _WELL_KNOWN)
        if any(not isinstance(told.get(name), str) for name in _NEEDED):
            raise Untrue("it does not describe itself as OpenID Connect asks")
        if told["issuer"].rstrip("/") != url:
            raise Untrue(f"it calls itself {told['issuer']!r}, not what WARROOM_OIDC_URL says")
        return told

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The person as the provider knows them. Raises `Untrue`, `RequestException`."""
        said = kwargs["response"].get("id_token")
        if not isinstance(said, str):
            raise Untrue("it sent no ID token")
        claims = self._verified(said, app.client_id)
        person = claims | self._described(token.token, str(claims["sub"]))
        data = {"id_token": _only(claims, _SIGNED), "userinfo": _only(person, _KEPT)}
        return self.get_provider().sociallogin_from_response(request, data)

    def _verified(self, said: str, client_id: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                said, self._key(said), algorithms=list(_ALGORITHMS), audience=client_id,
                issuer=self.openid_config["issuer"], leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise Untrue(f"its ID token does not hold: {type(error).__name__}") from error
        if claims.get("azp", client_id) != client_id:
            raise Untrue("its ID token was made for somebody else")
        return claims

    def _key(self, said: str) -> jwt.PyJWK:
        """The provider's key that the token names; it may leave the name out where there is one."""
        name = jwt.get_unverified_header(said).get("kid")
        keys = jwt.PyJWKSet.from_dict(_asked(self.openid_config["jwks_uri"])).keys
        found = [key for key in keys if name in {None, key.key_id}]
        if len(found) != 1:
            raise Untrue("its ID token names none of its keys")
        return found[0]

    def _described(self, access_token: str, sub: str) -> dict[str, Any]:
        """What the provider tells beside the token. It must be about the same person."""
        url = self.openid_config.get("userinfo_endpoint")
        if url is None:
            return {}
        person = _asked(url, Authorization=f"Bearer {access_token}")
        if person.get("sub") != sub:
            raise Untrue("it describes somebody else than it signed for")
        return person


def _asked(url: str, **headers: str) -> dict[str, Any]:
    """A JSON object from the provider itself: nowhere else it may point to."""
    timeout = settings.SOCIALACCOUNT_REQUESTS_TIMEOUT
    answer = requests.get(url, headers=headers, timeout=timeout, allow_redirects=False)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise Untrue("it answered something else than it was asked for")
    return told


def _only(said: Mapping[str, Any], wanted: tuple[str, ...]) -> dict[str, Any]:
    """What is kept of it: no more about a person than is used here."""
    return {name: said[name] for name in wanted if name in said}
