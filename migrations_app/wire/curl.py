"""A request as a person types it: one line that can be pasted into any shell."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrations_app.wire.place import Place


def curl(
    place: Place, method: str, path: str, *, secret: str = "", body: Any = None,
    media_type: str = "application/json",
) -> str:  # fmt: skip
    """`secret` is a header with a shell variable in it (`Authorization: Bearer $TOKEN`): the shell
    fills it in. Everything else is quoted. `body`: JSON, or bytes that are text."""
    words = ["curl", "-sS", "--fail-with-body", *_tls(place)]
    if method != "GET":
        words += ["-X", method]
    if secret:
        words += ["-H", f'"{secret}"']
    if body is not None:
        text = body.decode() if isinstance(body, bytes) else json.dumps(body)
        words += ["-H", quoted(f"Content-Type: {media_type}"), "--data-binary", quoted(text)]
    return " ".join([*words, quoted(place.url + path)])


def quoted(text: str) -> str:
    """Fit for a shell; in quotes even where none are needed, so that lines look alike."""
    bare = shlex.quote(text)
    return bare if bare.startswith("'") else f"'{bare}'"


def _tls(place: Place) -> list[str]:
    words = [] if place.verify else ["--insecure"]
    named = {"--cacert": place.ca_file, "--cert": place.client_cert, "--key": place.client_key}
    for option, file in named.items():
        words += [option, quoted(str(file))] if file else []
    return words
