"""What went wrong, as a problem document: a code for machines, a sentence for people."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.encoding import escape_uri_path
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel

from migrations_app.domain.errors import ConfigError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from ninja import NinjaAPI

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[str, int]] = {
    "not_allowed": 403,
    "unknown_run": 404,
    "unknown_migration": 404,
    "unknown_entry": 404,
    "stale": 409,
    "busy": 409,
    "wrong_state": 409,
    "revision_missing": 428,
}
"""Every other refusal is 422: it was understood, and it won't happen."""

DESCRIBED: Final[Mapping[int, str]] = {
    400: "The body is not JSON.",
    401: "There is no token that counts.",
    403: "The token lacks the scope, or its person the role.",
    404: "There is nothing here in which the token's person holds a role.",
    409: "The run moved on, is somewhere else, or is being changed. Read it again.",
    411: "A body must come with its length.",
    413: "The body is too long.",
    422: "The body is wrong, or the verb is refused: the message says what would make it possible.",
    428: "Say which revision of the run you decided on.",
    503: "The database does not answer. Send it again, with the same Idempotency-Key.",
}


class Problem(BaseModel):
    """`code` is stable; `message` says what would make it possible."""

    code: str
    message: str
    status: int


def problem(status: int, code: str, message: str) -> HttpResponse:
    """The document as a response."""
    body = Problem(code=code, message=message, status=status).model_dump_json()
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="warroom"'
    if code in _SOON:
        response["Retry-After"] = "1"
    return response


_SOON: Final = frozenset({"busy", "unavailable"})


def asked(request: HttpRequest) -> str:
    """Method and path for the log, on one line whatever was asked."""
    return f"{request.method} {escape_uri_path(request.path)}"


def handle(api: NinjaAPI) -> None:
    """Answer everything that can go wrong with a problem document."""
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(ConfigError, _misconfigured)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _nothing)
    api.add_exception_handler(OperationalError, _unavailable)
    api.add_exception_handler(InterfaceError, _unavailable)
    api.add_exception_handler(Exception, _bug)


def _refused(request: HttpRequest, refused: Refused | type[Refused]) -> HttpResponse:
    code, message = str(refused.code), str(refused.message)
    log.info("%s: %s", asked(request), code)
    return problem(STATUS.get(code, 422), code, message)


def _misconfigured(_: HttpRequest, error: ConfigError | type[ConfigError]) -> HttpResponse:
    return problem(422, "config", str(error))


def _invalid(_: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    sentences = [_sentence(one) for one in error.errors]
    return problem(422, "invalid", " ".join(sentences))


def _sentence(one: Mapping[str, object]) -> str:
    """`reason: too long.`; never what was given, which may be a secret in the wrong place."""
    loc = one.get("loc")
    source, *path = loc if isinstance(loc, tuple) else ("body",)
    if source == "body":
        path = path[1:]  # the first is our own name for the whole
    where = ".".join(str(part) for part in path) or f"the {source}"
    return f"{where}: {str(one.get('msg', '')).rstrip('.')}."


def _unknown(*_: object) -> HttpResponse:
    return problem(401, "token", "A bearer token that counts is needed: none, or not this one.")


def _http(_: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    return problem(int(error.status_code), "request", f"{error.message}.")


def _nothing(*_: object) -> HttpResponse:
    return problem(404, "unknown", "There is nothing at this address.")


def _unavailable(request: HttpRequest, error: object) -> HttpResponse:
    log.warning("%s: the database does not answer: %s", asked(request), error)
    return problem(503, "unavailable", DESCRIBED[503])


def _bug(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    raised = error if isinstance(error, Exception) else None
    log.error("%s failed", asked(request), exc_info=raised)
    return problem(500, "bug", "This is a fault of ours: the log says which.")
