"""Calls of Slack's Web API whose every failure is a `SeamError` with a sentence and no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from migrations_app.channels.slack.errors import Refusal, explain, lost
from migrations_app.channels.slack.wire import NeverSent
from migrations_app.domain.errors import SeamError, Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.web import SlackResponse

    from migrations_app.channels.slack.wire import Wire


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said to a call that went well. Absent or odd values come out empty."""

    data: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return text(self.data, name)

    def rows(self, name: str) -> list[Mapping[str, object]]:
        """The objects of a list."""
        value = self.data.get(name)
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

    def cursor(self) -> str:
        """Where the next page starts; empty on the last."""
        return text(inner(self.data, "response_metadata"), "next_cursor")


@dataclass(frozen=True, slots=True)
class Caller:
    """`place` names the channel in sentences for people."""

    wire: Wire = field(repr=False)
    place: str

    def read(self, method: str, **arguments: str | int | bool | None) -> Answer:
        """A call that may be repeated without harm: reading, and pinning."""
        return self._call(lambda: self.wire.api_call(method, params=arguments), repeatable=True)

    def write(self, method: str, arguments: Mapping[str, object], *, repeatable: bool) -> Answer:
        """Raises `UnknownOutcome` when it may have happened and is not `repeatable`."""
        body = {name: value for name, value in arguments.items() if value is not None}
        return self._call(lambda: self.wire.api_call(method, json=body), repeatable=repeatable)

    def _call(self, call: Callable[[], SlackResponse], *, repeatable: bool) -> Answer:
        outcome = self._attempt(call, repeatable=repeatable)
        if isinstance(outcome, SeamError):
            # Raised here, not where it was caught: the SDK's exceptions hold the token, and an
            # exception raised while handling one would carry it along as its context.
            raise outcome
        return outcome

    def _attempt(
        self, call: Callable[[], SlackResponse], *, repeatable: bool
    ) -> Answer | SeamError:
        try:
            answer = call()
        except NeverSent as error:
            return Transient(f"Slack can't be reached ({error}); the relay tries again.")
        except SlackApiError as error:
            return explain(Refusal.of(error), self.place, repeatable=repeatable)
        except (OSError, HTTPException) as error:
            why = type(error).__name__
            return lost(f"Slack's answer did not arrive ({why})", repeatable=repeatable)
        return Answer(answer.data if isinstance(answer.data, dict) else {}, answer.headers)


def text(data: Mapping[str, object], name: str) -> str:
    """A string value, empty when there is none."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def inner(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object value, empty when there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}
