"""The second factor's forms, throttled. Codes, recovery codes and keys are django-allauth's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError

from migrations_app.web import throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.base_user import AbstractBaseUser


def _throttled(user: AbstractBaseUser, clean: Callable[[], Any]) -> Any:
    try:
        one = throttle.second_factor(context.request, user.get_username())
    except throttle.TooOften as often:
        raise ValidationError(often.sentence, code="too_often") from often
    cleaned = clean()
    one.was_right()
    return cleaned


def _read(clean: Callable[[], Any]) -> Any:
    """What a key said, or a refusal: anything may be posted, and the library expects a browser."""
    try:
        return clean()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError("That is nothing a security key says.", code="unread") from error


class Code(AuthenticateForm):  # type: ignore[misc]  # django-allauth ships no types
    """A code of the app, or a recovery code, when signing in."""

    def clean_code(self) -> Any:
        return _throttled(self.user, super().clean_code)


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]  # django-allauth ships no types
    """The same, to prove once more who it is."""

    def clean_code(self) -> Any:
        return _throttled(self.user, super().clean_code)


class Key(AuthenticateWebAuthnForm):  # type: ignore[misc]  # django-allauth ships no types
    """A security key, when signing in."""

    def clean_credential(self) -> Any:
        clean = super().clean_credential
        return _throttled(self.user, lambda: _read(clean))


class KeyAgain(ReauthenticateWebAuthnForm):  # type: ignore[misc]  # django-allauth ships no types
    """The same, to prove once more who it is."""

    def clean_credential(self) -> Any:
        clean = super().clean_credential
        return _throttled(self.user, lambda: _read(clean))


class NewKey(AddWebAuthnForm):  # type: ignore[misc]  # django-allauth ships no types
    """A security key to be added."""

    def clean(self) -> Any:
        return _read(super().clean)
