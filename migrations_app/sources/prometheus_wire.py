"""Ask a Prometheus many questions at once, within one deadline, over HTTP."""

from __future__ import annotations

import os
import ssl
import threading
import time
from concurrent.futures import wait
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from migrations_app.domain.errors import ConfigError
from migrations_app.sources.prometheus_crew import CLOSED, Call, Crew
from migrations_app.sources.prometheus_lane import Lane
from migrations_app.sources.prometheus_words import Answer, NoValue, late

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from migrations_app.sources.prometheus_config import PrometheusConfig
    from migrations_app.sources.prometheus_question import Question


class Wire:
    """The HTTP side of one source. Thread-safe; starts afresh in a forked child."""

    def __init__(self, config: PrometheusConfig) -> None:
        self._config = config
        self._headers = _headers(config)
        self._context = _tls(config)
        self._lock = threading.Lock()
        self._crew = self._hire()

    def ask(self, questions: Sequence[Question], budget: float) -> list[Answer | NoValue]:
        """Answers in order, within `budget` seconds whatever the server does."""
        deadline = time.monotonic() + budget
        crew = self._present()
        calls = [Call(crew, self._request(question), deadline) for question in questions]
        futures = [crew.submit(call) for call in calls]
        wait([future for future in futures if future], max(0.0, deadline - time.monotonic()))
        return [self._settle(*pair) for pair in zip(calls, futures, strict=True)]

    def close(self) -> None:
        """Whoever asks afterwards is told that it is closed."""
        self._crew.dismiss()

    def _hire(self) -> Crew:
        limit = self._config.max_response_bytes
        return Crew(self._config.concurrency, lambda: Lane(self._context, limit))

    def _present(self) -> Crew:
        """Threads and sockets don't survive a fork; the child gets its own."""
        with self._lock:
            if self._crew.pid != os.getpid():
                self._crew = self._hire()
            return self._crew

    def _settle(self, call: Call, future: Future[Answer | NoValue] | None) -> Answer | NoValue:
        if future is None:
            return CLOSED
        if future.done():
            return future.result()
        future.cancel()
        call.give_up()
        return late(self._config.host)

    def _request(self, question: Question) -> httpx.Request:
        url = self._config.url + question.path
        if not question.form:
            return httpx.Request("GET", url, headers=self._headers)
        form = [("content-type", "application/x-www-form-urlencoded")]
        content = urlencode(question.form)
        return httpx.Request("POST", url, headers=self._headers + form, content=content)


def _headers(config: PrometheusConfig) -> list[tuple[str, str]]:
    """`identity`, because compressing a hundred bytes costs both sides more than it saves."""
    ours = [("host", config.host), ("accept", "application/json"), ("accept-encoding", "identity")]
    if authorization := config.auth and config.auth.header():
        ours.append(("authorization", authorization))
    if config.tenant:
        ours.append(("x-scope-orgid", config.tenant))
    return ours + [(name, value.get_secret_value()) for name, value in config.headers.items()]


def _tls(config: PrometheusConfig) -> ssl.SSLContext:
    """`ConfigError` names the file that can't be used."""
    if config.url.startswith("http:"):  # spares it megabytes of authorities that it never asks
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    key = "ca_file"
    try:
        context = ssl.create_default_context(cafile=config.ca_file)
        key = "client_cert"
        if config.client_cert is not None:
            context.load_cert_chain(config.client_cert, config.client_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"can't be used: {error}", key) from error
    if not config.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
