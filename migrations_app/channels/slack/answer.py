"""Answer somebody in Slack at the address their click came with.

Source: Slack's "Handling user interaction": a `response_url` takes five messages in half an hour.
"""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import TYPE_CHECKING, Final
from urllib.request import Request

from migrations_app.channels.slack.wire import NeverSent, opener_for
from migrations_app.domain.errors import ConfigError, Permanent, Transient

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_S: Final = 10.0
"""Nobody waits for it but the person who clicked."""
_LONGEST: Final = 64_000


def answer(address: str, said: Mapping[str, object], hooks: str) -> None:
    """Send `said`. `hooks` is where such addresses begin: nothing is ever sent elsewhere.

    Raises `ConfigError` for another address, `Transient` or `Permanent` when it did not arrive.
    """
    if not address.startswith(hooks):
        raise ConfigError("the address to answer at is not one of Slack's")
    body = json.dumps(said).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(address, body, headers, method="POST")  # noqa: S310 (begins with `hooks`)
    try:
        with opener_for(address).open(request, timeout=PATIENCE_S) as reply:
            reply.read(_LONGEST)
            status = reply.status
    except (NeverSent, OSError, HTTPException) as error:
        raise Transient(f"Slack could not be answered ({type(error).__name__}).") from None
    if status >= 300:
        raise Permanent(f"Slack did not take the answer: HTTP {status}.")
