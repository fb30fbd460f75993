"""Where Slack comes in: buttons, forms and shortcuts; the command; events.

Whatever is decided is committed before Slack is told that we have it; what is left for behind it
is an answer to whoever clicked, and routes that a latch has sent back already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.http import HttpResponse
from pydantic import BaseModel, ValidationError

from migrations_app.domain.slack.inbound import (
    INTERACTION,
    KNOWN,
    Challenge,
    Command,
    Happened,
    Pressed,
    Shortcut,
)
from migrations_app.web import slack_command, slack_forms, slack_press, slack_quotes
from migrations_app.web.slack_door import signed

if TYPE_CHECKING:
    from django.http import HttpRequest

_FIELDS = 40
_UNREADABLE = (ValidationError, ValueError)


@signed
def interactivity(request: HttpRequest, body: bytes) -> HttpResponse:  # noqa: ARG001 (a view)
    """A button was pressed, a form sent or a shortcut chosen."""
    try:
        payload = _form(body).get("payload", "")
        if _kind(payload) not in KNOWN:
            return HttpResponse()
        done = INTERACTION.validate_json(payload)
    except _UNREADABLE:
        return HttpResponse(status=400)
    if isinstance(done, Pressed):
        return slack_press.press(done)
    if isinstance(done, Shortcut):
        return slack_quotes.shortcut(done)
    return slack_forms.submit(done)


@signed
def command(request: HttpRequest, body: bytes) -> HttpResponse:  # noqa: ARG001 (a view)
    """Somebody typed `/warroom`."""
    try:
        typed = Command.model_validate(_form(body))
    except _UNREADABLE:
        return HttpResponse(status=400)
    return slack_command.answer(typed)


@signed
def events(request: HttpRequest, body: bytes) -> HttpResponse:  # noqa: ARG001 (a view)
    """Something happened in a channel; or Slack asks whether this address is ours.

    An event that comes again (`X-Slack-Retry-Num`) is dealt with again, which changes nothing if it
    was the first time, and makes up for it if it was not.
    """
    try:
        told = _Typed.model_validate_json(body)
        if told.type == "url_verification":
            asked = Challenge.model_validate_json(body)
            return HttpResponse(asked.challenge, "text/plain")
        if (told.type, told.event.type) != ("event_callback", "reaction_added"):
            return HttpResponse()
        happened = Happened.model_validate_json(body)
    except _UNREADABLE:
        return HttpResponse(status=400)
    return slack_quotes.reaction(happened)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS))


def _kind(raw: str | bytes) -> str:
    """The `type` of a JSON object. Raises `ValidationError` for anything else."""
    return _Typed.model_validate_json(raw).type


class _Kind(BaseModel):
    type: str = ""


class _Typed(_Kind):
    event: _Kind = _Kind()
