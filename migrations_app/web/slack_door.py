"""The door for Slack: signed over the raw bytes, not old, not seen before. Only then it is read.

The body is never logged, nor kept where a debug page would show it.
"""

from __future__ import annotations

import logging
import time
from functools import wraps
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from migrations_app.actions.slack_in import let_go, take_in
from migrations_app.domain.actor import Via
from migrations_app.domain.slack.signature import Seal, Unsigned, digest, verify
from migrations_app.domain.trail import begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

log = logging.getLogger(__name__)

LONGEST: Final = 256 * 1024
"""Bytes of a request; Slack's largest are forms, far below it."""


def signed(
    view: Callable[[HttpRequest, bytes], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A view of what Slack sent. 401 unless it is signed, 409 for what was taken in before.

    What fails on our side may come again with the same seal: Slack's own retries do.
    """

    @csrf_exempt
    @login_not_required
    @never_cache
    @require_POST
    @wraps(view)
    def proved(request: HttpRequest) -> HttpResponse:
        body = request.read(LONGEST + 1)
        if len(body) > LONGEST:
            return HttpResponse(status=413)
        seal = _seal(request)
        try:
            verify(seal, body, settings.WARROOM_SLACK_SIGNING_SECRETS, time.time())
        except Unsigned as why:
            log.warning("%s refused a request: %s", request.path, why)
            return HttpResponse(status=401)
        if not take_in(digest(seal)):
            return _again(request)
        return _once(view, request, body)

    return proved


def _again(request: HttpRequest) -> HttpResponse:
    """Nothing is done. Slack, when it says that it tries again, is told that we have it."""
    log.warning("%s refused a request: it was taken in before", request.path)
    return HttpResponse(status=200 if "X-Slack-Retry-Num" in request.headers else 409)


def _once(
    view: Callable[[HttpRequest, bytes], HttpResponse], request: HttpRequest, body: bytes
) -> HttpResponse:
    answer = None
    try:
        with begun("click", via=Via.SLACK):
            answer = view(request, body)
    finally:
        if answer is None or answer.status_code >= 500:
            let_go(digest(_seal(request)))
    return answer


def _seal(request: HttpRequest) -> Seal:
    return Seal(
        request.headers.get("X-Slack-Request-Timestamp", ""),
        request.headers.get("X-Slack-Signature", ""),
    )
