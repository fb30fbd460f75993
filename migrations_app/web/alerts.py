"""The doors for alerts: who sends them is proved before a byte is read, and what is kept is little.

Alertmanager and Grafana bring one of our API tokens with the scope `evidence`, as a bearer or as
the password of basic authentication. PagerDuty signs the raw bytes.
"""

from __future__ import annotations

import base64
import binascii
import logging
from functools import wraps
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from migrations_app.actions.alerts import receive
from migrations_app.actions.slack_in import let_go, take_in
from migrations_app.domain.alerts.pagerduty import signed, told_in
from migrations_app.domain.alerts.prometheus import alerts_in
from migrations_app.domain.alerts.shape import Sender, Unreadable
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import Scope, speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from migrations_app.domain.alerts.pagerduty import Told
    from migrations_app.reads.tokens import Speaker

    View = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger(__name__)

LONGEST: Final = 1024 * 1024
"""Bytes of a message: a thousand alerts with a kilobyte each."""


class _TooLong(Unreadable):
    """More than is read."""


def _door(view: View) -> View:
    """POST only, without session or CSRF; what can't be read is answered with why."""

    @csrf_exempt
    @login_not_required
    @never_cache
    @require_POST
    @wraps(view)
    def entered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except Unreadable as why:
            log.warning("%s could not read a message: %s", request.path, why)
            return _said(413 if isinstance(why, _TooLong) else 400, str(why))

    return entered


@_door
def alertmanager(request: HttpRequest) -> HttpResponse:
    """Alertmanager's `webhook_config`."""
    return _by_token(request, Sender.ALERTMANAGER)


@_door
def grafana(request: HttpRequest) -> HttpResponse:
    """The webhook of a contact point of Grafana's."""
    return _by_token(request, Sender.GRAFANA)


@_door
def pagerduty(request: HttpRequest) -> HttpResponse:
    """PagerDuty's webhook subscription, version 3. Each of its events counts once."""
    body = _body(request)
    header = request.headers.get("X-PagerDuty-Signature", "")
    if not signed(header, body, settings.WARROOM_PAGERDUTY_SECRETS):
        log.warning("%s refused a message: it is not signed with our secret", request.path)
        return _said(401, "The signature over the body was not made with the secret known here.")
    told = told_in(body)
    if not take_in(told.once):
        return _said(200, "It was taken in before.")
    return _once(told)


def _once(told: Told) -> HttpResponse:
    """What fails on our side may come again: PagerDuty tries for days."""
    done = False
    try:
        receive(Sender.PAGERDUTY, () if told.alert is None else (told.alert,))
        done = True
    finally:
        if not done:
            let_go(told.once)
    return _said(200, "Taken in.")


def _by_token(request: HttpRequest, sender: Sender) -> HttpResponse:
    who = _speaker(request.headers.get("Authorization", ""))
    if who is None:
        log.warning("%s refused a message: no token that counts", request.path)
        refused = _said(401, "Bring a token: as a bearer, or as a password with any user name.")
        refused["WWW-Authenticate"] = 'Bearer, Basic realm="alerts"'
        return refused
    if Scope.EVIDENCE not in who.scopes:
        return _said(403, f"This token lacks the scope {Scope.EVIDENCE}.")
    found = alerts_in(_body(request), sender, db_now())
    receive(sender, found)
    return _said(200, f"Took in {len(found)}.")


def _speaker(header: str) -> Speaker | None:
    scheme, _, secret = header.partition(" ")
    match scheme.lower():
        case "bearer":
            return speaker(secret.strip())
        case "basic":
            return speaker(_password(secret))
        case _:
            return None


def _password(encoded: str) -> str:
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return pair.partition(":")[2]


def _body(request: HttpRequest) -> bytes:
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        raise _TooLong(f"A message may have {LONGEST // 1024} KB, no more.")
    return body


def _said(status: int, sentence: str) -> HttpResponse:
    return JsonResponse({"sentence": sentence}, status=status)
