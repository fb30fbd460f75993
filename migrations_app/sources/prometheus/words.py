"""What went wrong on the way to an answer: an outcome and one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.sources.web import words as web

if TYPE_CHECKING:
    from migrations_app.sources.value import NoValue
    from migrations_app.wire.answer import Answer

_MEANING: Final = {
    403: "our login may not read there (403); check auth, tenant and its rights",
    404: "there is no Prometheus API at this address (404); check the path in url",
}


def refused(answer: Answer, words: str) -> NoValue:
    """What a status other than 200 means; `words` are the server's own, if it had any."""
    return web.refused(answer, words, _MEANING)
