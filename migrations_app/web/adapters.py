"""Where django-allauth asks us: what is open, where people may be sent, how secrets are kept."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes
from django.utils.http import url_has_allowed_host_and_scheme

from migrations_app.web.entrance import entrance
from migrations_app.web.source import source_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # django-allauth ships no types
    """Nobody signs up, nobody is sent to another site, nobody is answered in JSON."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (the library's)
        return False

    def is_safe_url(self, url: str | None) -> bool:
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def is_ajax(self, request: HttpRequest) -> bool:  # noqa: ARG002 (the library's)
        return False

    def is_reauthentication_required(self, **_: object) -> bool:
        """Never by the library: `step_up.proven` stands before every page that needs it."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return source_of(request)

    def respond_user_inactive(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,  # noqa: ARG002 (the library's)
    ) -> HttpResponse:
        return entrance(request, 403, refusal="This account is closed. Ask an administrator.")


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # django-allauth ships no types
    """Seeds of one-time codes are kept encrypted: a copy of the database makes no codes."""

    def encrypt(self, text: str) -> str:
        sealed: bytes = _fernet().encrypt(text.encode())
        return sealed.decode()

    def decrypt(self, encrypted_text: str) -> str:
        opened: bytes = _fernet().decrypt(encrypted_text.encode())
        return opened.decode()


def _fernet() -> MultiFernet:
    """Of SECRET_KEY, and to read with of those before it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [sha256(b"warroom.factors:" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
