"""What went wrong on the way to an answer: an outcome and one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue
from migrations_app.wire.answer import Why, clean

if TYPE_CHECKING:
    from migrations_app.wire.answer import Answer, Silence

_GAVE_UP: Final = frozenset({408, 503, 504})
_MEANING: Final = {
    400: "the query was refused",
    401: "we are not logged in there (401); check auth",
    403: "our login may not read there (403); check auth, tenant and its rights",
    404: "there is no Prometheus API at this address (404); check the path in url",
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


def refused(answer: Answer, words: str) -> NoValue:
    """What a status other than 200 means; `words` are the server's own, if it had any."""
    outcome = Outcome.TIMEOUT if answer.status in _GAVE_UP else Outcome.ERROR
    meaning = _MEANING.get(answer.status, f"it answered with HTTP status {answer.status}")
    if 300 <= answer.status < 400:
        meaning = (
            f"it redirects to {answer.elsewhere}; set url to the address that answers by itself"
        )
    detail = f"{meaning}: {clean(words)}" if words else meaning
    return NoValue(outcome, detail, _blame(answer.status))


def _blame(status: int) -> Blame:
    if status in {400, 422}:
        return Blame.QUERY
    return Blame.SETUP if 300 <= status < 400 or status in {401, 403, 404} else Blame.MOMENT
