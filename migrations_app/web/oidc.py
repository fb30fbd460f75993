"""What an OpenID Connect provider says of somebody, believed only where its signature covers it."""

from __future__ import annotations

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
_SIGNED: Final = ("iss", "sub", "auth_time", "nonce")
_KEPT: Final = (
    "sub", "email", "email_verified", "preferred_username", "name", "given_name", "family_name",
    "groups",
)  # fmt: skip


class Signed(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # django-allauth ships no types
    """Checks the ID token to the letter: signature, issuer, audience, times and nonce.

    The library trusts a token it fetched over TLS; we would rather not hang the door on that.
    """

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The person as the provider knows them. Raises `OAuth2Error`, `RequestException`."""
        said = kwargs["response"].get("id_token")
        if not isinstance(said, str):
            raise OAuth2Error("The provider sent no ID token.")
        claims = self._verified(said, app.client_id)
        person = claims | self._described(token.token, str(claims["sub"]))
        data = {"id_token": _only(claims, _SIGNED), "userinfo": _only(person, _KEPT)}
        return self.get_provider().sociallogin_from_response(request, data)

    def _verified(self, said: str, client_id: str) -> dict[str, Any]:
        timeout = settings.SOCIALACCOUNT_REQUESTS_TIMEOUT
        try:
            keys = jwt.PyJWKClient(self.openid_config["jwks_uri"], timeout=timeout)
            claims: dict[str, Any] = jwt.decode(
                said, keys.get_signing_key_from_jwt(said), algorithms=list(_ALGORITHMS),
                audience=client_id, issuer=self.openid_config["issuer"], leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub"]},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error(f"The ID token does not hold: {type(error).__name__}.") from error
        if claims.get("azp", client_id) != client_id:
            raise OAuth2Error("The ID token was made for somebody else.")
        return claims

    def _described(self, access_token: str, sub: str) -> dict[str, Any]:
        """What the provider tells beside the token. It must be about the same person."""
        url = self.openid_config.get("userinfo_endpoint")
        if url is None:
            return {}
        answer = requests.get(
            url, headers={"Authorization": f"Bearer {access_token}"},
            timeout=settings.SOCIALACCOUNT_REQUESTS_TIMEOUT, allow_redirects=False,
        )  # fmt: skip
        answer.raise_for_status()
        person: dict[str, Any] = answer.json()
        if person.get("sub") != sub:
            raise OAuth2Error("The provider describes somebody else than it signed for.")
        return person


def _only(said: Mapping[str, Any], wanted: tuple[str, ...]) -> dict[str, Any]:
    """What is kept of it: no more about a person than is used here."""
    return {name: said[name] for name in wanted if name in said}
