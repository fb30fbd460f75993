"""What went wrong on the way to an answer: an outcome and one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue
from migrations_app.wire.answer import Why, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.wire.answer import Answer, Silence

_GAVE_UP: Final = frozenset({408, 503, 504})
_MEANING: Final = {
    400: "the query was refused",
    401: "we are not logged in there (401); check auth",
    403: "our login may not read there (403); check its rights",
    404: "there is nothing at this address (404); check url and query",
    408: "it gave up on the query",
    422: "the query could not be carried out",
    429: "it asks us to slow down (429); lengthen the interval or raise its limit",
    503: "it gave up on the query",
    504: "a gateway before it gave up on the query",
}


def unanswered(silence: Silence) -> NoValue:
    """Why nothing came back."""
    match silence.why:
        case Why.LATE:
            return NoValue(Outcome.TIMEOUT, silence.sentence)
        case Why.CLOSED:
            return NoValue(Outcome.ERROR, "this source was closed")
        case Why.TOO_LARGE:
            sentence = f"{silence.sentence} (max_response_bytes); narrow the query to one series"
            return NoValue(Outcome.ERROR, sentence)
        case Why.UNREACHED | Why.BROKEN | Why.UNREADABLE:
            return NoValue(Outcome.ERROR, silence.sentence)


def refused(answer: Answer, words: str, meaning: Mapping[int, str] = _MEANING) -> NoValue:
    """What a status that is no success means; `words` are the server's own, if it had any, and
    `meaning` what a status means there."""
    outcome = Outcome.TIMEOUT if answer.status in _GAVE_UP else Outcome.ERROR
    said = (_MEANING | dict(meaning)).get(answer.status)
    said = said or f"it answered with HTTP status {answer.status}"
    if 300 <= answer.status < 400:
        said = f"it redirects to {answer.elsewhere}; set url to the address that answers by itself"
    detail = f"{said}: {clean(words)}" if words else said
    return NoValue(outcome, detail, _blame(answer.status))


def not_json(answer: Answer, whose: str) -> NoValue:
    """A success without the expected JSON. `whose`: `Datadog's`."""
    if "html" in answer.media_type or answer.body.lstrip()[:1] == b"<":
        sentence = f"it answered with a web page, perhaps a login form, not with {whose} JSON"
        return NoValue(Outcome.ERROR, sentence)
    return NoValue(Outcome.ERROR, f"its answer is not {whose} JSON, or is cut short")


def _blame(status: int) -> Blame:
    if status in {400, 422}:
        return Blame.QUERY
    return Blame.SETUP if 300 <= status < 400 or status in {401, 403, 404} else Blame.MOMENT
