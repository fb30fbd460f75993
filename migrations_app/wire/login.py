"""An `Auth` as a header: as it is sent, and as a person types it."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrations_app.wire.place import Auth


def sent(auth: Auth | None) -> dict[str, str]:
    """What authenticates us, for `Talk`. Its value is a secret."""
    value = auth.header() if auth else None
    return {"authorization": value} if value else {}


def typed(auth: Auth | None) -> str:
    """The header for `curl`'s `secret`, with `$TOKEN` or `$PASSWORD` in it; empty without auth."""
    if auth is None:
        return ""
    if auth.basic is None:
        return "Authorization: Bearer $TOKEN"
    pair = f'{quote(auth.basic.username)}:"$PASSWORD"'
    return f"Authorization: Basic $(printf %s {pair} | base64 | tr -d '\\n')"
