"""A token that is had for a while: fetched within a call's deadline, kept until shortly before its
end, fetched by one thread while the others wait."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.wire.talk import left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.wire.deadline import Deadline
    from migrations_app.wire.talk import Talk

_EARLY_S: Final = 120.0  # before its end: clocks differ, and a call takes its time
_LONGEST_S: Final = 300.0  # so that one that was revoked is not kept for an hour
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Token:
    """`lasts` in seconds from now."""

    text: str = field(repr=False)
    lasts: float


class Tokens:
    """`header` is what a `Talk` sends; call `fresh` before, as it may have to ask somebody."""

    def __init__(
        self, fetch: Callable[[Deadline], Token], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._text = ""
        self._until = float("-inf")

    def fresh(self, deadline: Deadline) -> None:
        """Raises what fetching raises; `Transient` when another thread takes too long over it."""
        if not self._lock.acquire(timeout=left(deadline, "login")):
            raise Transient("The login is taking too long.")
        try:
            if self._clock() < self._until:
                return
            token = self._fetch(deadline)
            self._text = token.text
            self._until = self._clock() + min(_LONGEST_S, token.lasts - _EARLY_S)
        finally:
            self._lock.release()

    def header(self) -> Mapping[str, str]:
        """The header that logs us in. A secret."""
        return {"authorization": f"Bearer {self._text}"} if self._text else {}


def granted(talk: Talk, path: str, form: Mapping[str, str], deadline: Deadline) -> Token:
    """Ask an OAuth 2 token endpoint. Asking twice does no harm, so it is a question to us."""
    body = urlencode(form).encode()
    return told(talk.read(path, deadline, method="POST", body=body, media_type=FORM).json)


def told(json: Callable[[], object]) -> Token:
    """What such an endpoint answers."""
    try:
        answer: Any = json()
        return Token(str(answer["access_token"]), float(answer["expires_in"]))
    except (KeyError, TypeError, ValueError):
        raise Permanent(
            "What answered our login is no token endpoint: check its address."
        ) from None
