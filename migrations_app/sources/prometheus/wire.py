"""Ask a Prometheus many questions at once, within one deadline, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from migrations_app.sources.web.words import unanswered
from migrations_app.wire.answer import Silence
from migrations_app.wire.many import Many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.sources.prometheus.config import PrometheusConfig
    from migrations_app.sources.prometheus.question import Question
    from migrations_app.sources.value import NoValue
    from migrations_app.wire.answer import Answer


class Wire:
    """The HTTP side of one source. Thread-safe; starts afresh in a forked child."""

    def __init__(self, config: PrometheusConfig) -> None:
        self._url = config.url
        self._headers = _headers(config)
        self._many = Many(config, config.concurrency)

    def ask(self, questions: Sequence[Question], budget: float) -> list[Answer | NoValue]:
        """Answers in order, within `budget` seconds whatever the server does."""
        answers = self._many.ask([self._request(one) for one in questions], budget)
        return [unanswered(one) if isinstance(one, Silence) else one for one in answers]

    def close(self) -> None:
        """Whoever asks afterwards is told that it is closed."""
        self._many.close()

    def _request(self, question: Question) -> httpx.Request:
        url = self._url + question.path
        if not question.form:
            return httpx.Request("GET", url, headers=self._headers)
        form = [("content-type", "application/x-www-form-urlencoded")]
        content = urlencode(question.form)
        return httpx.Request("POST", url, headers=self._headers + form, content=content)


def _headers(config: PrometheusConfig) -> list[tuple[str, str]]:
    """`identity`, because compressing a hundred bytes costs both sides more than it saves."""
    ours = [("host", config.host), ("accept", "application/json"), ("accept-encoding", "identity")]
    if config.tenant:
        ours.append(("x-scope-orgid", config.tenant))
    return ours + list(config.credentials().items())
