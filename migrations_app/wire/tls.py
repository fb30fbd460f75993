"""Whom we trust over TLS, and who we are there."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from migrations_app.domain.errors import ConfigError

if TYPE_CHECKING:
    from migrations_app.wire.place import Place


def context(place: Place) -> ssl.SSLContext:
    """`ConfigError` names the file that can't be used."""
    if place.url.startswith("http:"):  # spares it megabytes of authorities that it never asks
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key = "ca_file"
    try:
        made = ssl.create_default_context(cafile=place.ca_file)
        key = "client_cert"
        if place.client_cert is not None:
            made.load_cert_chain(place.client_cert, place.client_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"can't be used: {error}", key) from error
    if not place.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
