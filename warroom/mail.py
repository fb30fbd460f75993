"""Where mail leaves: one address in the environment, read as Django wants it."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TIMEOUT_S: Final = 10


def mail(url: str) -> dict[str, object]:
    """`smtp+tls://user:password@host:587` as Django's settings. Empty: nothing is sent.

    `smtp` is in the clear (for a relay on this machine), `smtp+tls` begins with STARTTLS, `smtps`
    is TLS from the first byte.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            "WARROOM_MAIL_URL must look like smtp+tls://user:password@mail.example.com:587 "
            "(or smtp://… for a relay in the clear, smtps://… for TLS from the start)."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT_S,
    }
