"""Ask one place many questions over HTTP; what comes back is a success, or says why not."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import httpx

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import NoValue
from migrations_app.sources.web.words import refused, unanswered
from migrations_app.wire.answer import Silence
from migrations_app.wire.many import Many
from migrations_app.wire.talk import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrations_app.sources.value import Value
    from migrations_app.wire.answer import Answer
    from migrations_app.wire.place import Place


_LONGEST_PAUSE: Final = 60.0  # seconds; somebody may have raised the limit meanwhile
_RESET: Final = ("retry-after", "x-ratelimit-reset", "x-sentry-rate-limit-reset")


class Desk:
    """Thread-safe. `credentials` are headers with secrets; `meaning` what a status means there.

    Who asks on while told to slow down (429) is often locked out for longer, together with
    everybody of the same organisation. So nothing is sent before the time that the place names.
    """

    def __init__(
        self,
        place: Place,
        credentials: Mapping[str, str],
        at_once: int,
        meaning: Mapping[int, str] | None = None,
    ) -> None:
        self._place = place
        self._credentials = dict(credentials)
        self._meaning = meaning or {}
        self._many = Many(place, at_once)
        self._paused_until = float("-inf")

    def __repr__(self) -> str:
        return f"Desk({self._place.host})"

    def get(self, path: str, params: Sequence[tuple[str, str]] = ()) -> httpx.Request:
        """A question by GET. `path` may hold a query of its own."""
        url = httpx.URL(self._place.url + path)
        return self._request("GET", url.copy_merge_params(list(params)) if params else url)

    def post(self, path: str, body: Any) -> httpx.Request:
        """A question whose parameters travel as JSON."""
        return self._request("POST", httpx.URL(self._place.url + path), json.dumps(body).encode())

    def hear(self, requests: Sequence[httpx.Request], seconds: float) -> list[Answer | NoValue]:
        """Answers of any status, in order, within `seconds`."""
        answers = self._many.ask(requests, seconds)
        return [unanswered(one) if isinstance(one, Silence) else one for one in answers]

    def ask(self, requests: Sequence[httpx.Request], seconds: float) -> list[Answer | NoValue]:
        """Successes, in order, within `seconds`. During a pause nobody is asked."""
        left = self._paused_until - time.monotonic()
        if left > 0:
            sentence = f"it asked us to slow down (429); we ask again in {left:.0f} s"
            return [NoValue(Outcome.ERROR, sentence) for _ in requests]
        answers = self.hear(requests, seconds)
        self._pause(one for one in answers if not isinstance(one, NoValue))
        return [one if isinstance(one, NoValue) else self.success(one) for one in answers]

    def success(self, answer: Answer) -> Answer | NoValue:
        """Itself, unless its status says otherwise."""
        if answer.ok:
            return answer
        return refused(answer, self.hidden(words_of(answer)), self._meaning)

    def hidden(self, text: str) -> str:
        """Some quote in their refusal what we sent them."""
        for secret in self._credentials.values():
            for part in (secret, secret.rpartition(" ")[2]):
                text = text.replace(part, "…") if len(part) > 3 else text
        return text

    def discreet(self, value: Value) -> Value:
        """What was made of an answer, without what we sent."""
        if not isinstance(value, NoValue):
            return value
        return replace(value, detail=self.hidden(value.detail))

    def close(self) -> None:
        """Whoever asks afterwards is told that it is closed."""
        self._many.close()

    def _pause(self, answers: Iterable[Answer]) -> None:
        told = [_pause_of(one) for one in answers if one.status == 429]
        if told:
            self._paused_until = time.monotonic() + min(_LONGEST_PAUSE, max(told))

    def _request(self, method: str, url: httpx.URL, body: bytes | None = None) -> httpx.Request:
        headers = {
            "host": self._place.host,
            "accept": "application/json, */*;q=0.1",
            "accept-encoding": "identity",
            "cache-control": "no-cache",
            **({} if body is None else {"content-type": "application/json"}),
            **self._credentials,
        }
        return httpx.Request(method, url, headers=headers, content=body)


def _pause_of(answer: Answer) -> float:
    """Seconds that the place names (or a moment in unix time); 0 where it names none."""
    for name in _RESET:
        told = answer.headers.get(name, "")
        if told.isascii() and told.isdigit():
            return float(told) if len(told) < 9 else max(0.0, float(told) - time.time())
    return 0.0
