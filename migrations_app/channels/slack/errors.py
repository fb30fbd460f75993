"""What Slack's refusals mean: try again, ask what happened, or tell a person what to change.

Slack documents `internal_error` and `fatal_error` as possibly having succeeded in part, so they,
and HTTP 500, 502 and 504, leave the outcome of a post unknown; only 503 is a plain no.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.channels.slack.advice import ADVICE, AWAY, BUSY, GONE, MALFORMED, UNSURE
from migrations_app.channels.slack.wire import NOT_SLACK
from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError


class SlackRefused(Permanent):
    """Slack said no for good; `error` is its own name for the reason."""

    def __init__(self, message: str, error: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Slack said no with; `retry_after` in seconds."""

    status: int
    error: str
    needed: str = ""
    retry_after: float | None = None

    @classmethod
    def of(cls, error: SlackApiError) -> Refusal:
        """Only what may be shown: the SDK's exception holds the request with its token."""
        answer = error.response
        return cls(
            status=answer.status_code,
            error=_word(answer.get("error")) or NOT_SLACK,
            needed=_word(answer.get("needed")),
            retry_after=_seconds(answer.headers.get("retry-after")),
        )


def explain(refusal: Refusal, place: str, *, repeatable: bool) -> SeamError:
    """The error to raise. `repeatable`: doing it twice is the same as doing it once."""
    if refusal.status == 429 or refusal.error in BUSY:
        return Transient("Slack asks us to slow down; the relay waits.", refusal.retry_after)
    if refusal.status in {408, 503} or refusal.error in AWAY:
        return Transient("Slack is not available now; the relay tries again.", refusal.retry_after)
    if _is_unsure(refusal):
        return lost(f"Slack answered {_name(refusal)}", repeatable=repeatable)
    return _permanent(refusal, place)


def lost(what: str, *, repeatable: bool) -> SeamError:
    """For a request that may have arrived: unknown, unless repeating it is harmless."""
    if repeatable:
        return Transient(f"{what}; the relay tries again, which is harmless here.")
    return UnknownOutcome(f"{what}: the message may or may not be in Slack. It is looked up there.")


def _is_unsure(refusal: Refusal) -> bool:
    if refusal.error == NOT_SLACK:
        return refusal.status < 300 or refusal.status >= 500
    return refusal.error in UNSURE or refusal.status >= 500


def _permanent(refusal: Refusal, place: str) -> SlackRefused:
    sentence = f"Slack answered {_name(refusal)}: {_advice(refusal, place)}."
    return SlackRefused(sentence, refusal.error)


def _advice(refusal: Refusal, place: str) -> str:
    if refusal.error == NOT_SLACK:
        return "that is not Slack's API; check base_url and the proxy"
    if refusal.error in MALFORMED:
        return "it does not accept the form of this message; report this as a fault of Warroom"
    if refusal.error in GONE:
        return "that message was deleted or can no longer be changed"
    advice = ADVICE.get(refusal.error, "look this name up in Slack's documentation")
    return advice.format(place=place, needed=refusal.needed or "that Slack asks for")


def _name(refusal: Refusal) -> str:
    if refusal.error == NOT_SLACK:
        return f"HTTP {refusal.status} with something unreadable"
    return f'"{refusal.error}"'


def _word(value: object) -> str:
    """Slack's names are short words; whatever else stands there is not repeated to anyone."""
    known = isinstance(value, str) and re.fullmatch(r"[a-z0-9_:.,]{1,80}", value)
    return str(value) if known else ""


def _seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
