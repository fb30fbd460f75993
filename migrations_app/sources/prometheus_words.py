"""What went wrong on the way to an answer: an outcome and one sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

import httpx

from migrations_app.domain.reading import Outcome

_LONGEST: Final = 300
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


class TooLarge(Exception):
    """The answer is longer than we are willing to hold."""


class Unreadable(Exception):
    """The answer is packed in a way we did not ask for and can't undo."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP; `body` is decompressed and within the limit."""

    status: int
    media_type: str
    location: str
    body: bytes


class Blame(Enum):
    """What would have to change before asking again could help."""

    MOMENT = "moment"  # nothing; it may work the next time
    QUERY = "query"
    SETUP = "setup"  # address, credentials, rights


@dataclass(frozen=True, slots=True)
class NoValue:
    """Nothing that could be judged, and why."""

    outcome: Outcome
    detail: str
    blame: Blame = Blame.MOMENT


def late(host: str) -> NoValue:
    """`host` let the time pass."""
    return NoValue(Outcome.TIMEOUT, f"{host} did not answer in time")


def unanswered(error: Exception, host: str) -> NoValue:
    """Why the exchange with `host` failed."""
    if isinstance(error, httpx.TimeoutException):
        return late(host)
    return NoValue(Outcome.ERROR, _failure(error, host))


def refused(answer: Answer, words: str) -> NoValue:
    """What a status other than 200 means; `words` are the server's own, if it had any."""
    outcome = Outcome.TIMEOUT if answer.status in _GAVE_UP else Outcome.ERROR
    meaning = _MEANING.get(answer.status, f"it answered with HTTP status {answer.status}")
    if 300 <= answer.status < 400:
        meaning = _redirect(answer.location)
    detail = f"{meaning}: {clean(words)}" if words else meaning
    return NoValue(outcome, detail, _blame(answer.status))


def clean(text: str, longest: int = _LONGEST) -> str:
    """Foreign text made fit for a line of ours."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _blame(status: int) -> Blame:
    if status in {400, 422}:
        return Blame.QUERY
    return Blame.SETUP if 300 <= status < 400 or status in {401, 403, 404} else Blame.MOMENT


def _failure(error: Exception, host: str) -> str:
    match error:
        case TooLarge():
            return f"{host} answered more than max_response_bytes; narrow the query to one series"
        case Unreadable():
            return (
                f'{host} answered in the encoding "{clean(str(error), 40)}", which we can\'t read'
            )
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            reason = str(error).partition("verify failed: ")[2].partition(" (_ssl")[0]
            return f"the certificate of {host} is not trusted ({clean(reason)}); set ca_file"
        case httpx.ConnectError():
            return f"could not connect to {host} ({clean(str(error))})"
        case _:
            return f"{host} broke off its answer ({clean(str(error))})"


def _redirect(location: str) -> str:
    """Only scheme and host: what follows may be a secret of somebody's login."""
    target = urlsplit(location)
    where = f"{target.scheme}://{target.hostname}" if target.hostname else "another path"
    return f"it redirects to {clean(where, 100)}; set url to the address that answers by itself"
