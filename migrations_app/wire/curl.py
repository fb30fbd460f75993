"""What a person types at a terminal to say over HTTP what we would say."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.wire.place import Auth, Place


def curl(place: Place, path: str, *options: str, auth: Auth | None = None) -> str:
    """A shell line. `path` begins with a slash and is already encoded; `options` are words that
    still need quoting. Secrets stand in it as `$TOKEN` or `$PASSWORD`."""
    given = [quote(option) for option in options]
    return " ".join(["curl -sS", *_tls(place), *_login(auth), *given, quote(place.url + path)])


def _tls(place: Place) -> Iterator[str]:
    files = {"cacert": place.ca_file, "cert": place.client_cert, "key": place.client_key}
    yield from (f"--{name} {quote(str(path))}" for name, path in files.items() if path)
    if not place.verify:
        yield "--insecure"


def _login(auth: Auth | None) -> Iterator[str]:
    if auth is not None and auth.basic is not None:
        yield f'-u {quote(auth.basic.username + ":")}"$PASSWORD"'
    elif auth is not None:
        yield '-H "Authorization: Bearer $TOKEN"'
