"""DNS as its authoritative servers tell it: whether all of them already say the same.

What they say is not yet what clients use: their resolvers keep an old answer for as long as its
TTL said, and some for longer.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

with suppress(ImportError):  # the extra `dns` is not installed: we say so
    import dns.name

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.finding import Finding
from migrations_app.sources.at_once import AtOnce
from migrations_app.sources.dns.ask import servers_of, tell
from migrations_app.sources.dns.config import DNSConfig, server
from migrations_app.sources.dns.judge import judged
from migrations_app.sources.dns.question import INSTALLED, Question, question
from migrations_app.sources.present import Present
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from migrations_app.sources.dns.ask import Address, Told
    from migrations_app.sources.dns.question import Record
    from migrations_app.sources.value import Value

_KEPT: Final = 60.0  # seconds for which we remember who serves the zone


class DNSSource(Present):
    """Every question goes to every server."""

    kind: ClassVar[str] = "dns"
    Config: ClassVar[type[BaseModel]] = DNSConfig
    tried: ClassVar[str] = "small authoritative servers of the tests"

    def __init__(self, config: DNSConfig) -> None:
        if not INSTALLED:
            raise ConfigError("DNS can't be asked from here: install warroom[dns]")
        self._config = config
        self._zone = dns.name.from_text(config.zone)
        self._at_once = AtOnce(config.concurrency, "dns")
        self._lock = threading.Lock()
        self._known: tuple[float, list[Address]] = (float("-inf"), [])

    def __repr__(self) -> str:
        return f"DNSSource({self._zone})"

    def values(self, texts: Sequence[str]) -> list[Value]:
        """Each record is asked of each server once, however many questions there are about it."""
        deadline = time.monotonic() + self._seconds
        questions = [question(text, self._zone) for text in texts]
        records = dict.fromkeys(one.record for one in questions if isinstance(one, Question))
        servers = self._servers(self._seconds) if records else []
        if isinstance(servers, NoValue):
            return [one if isinstance(one, NoValue) else servers for one in questions]
        answers = self._answers(list(records), servers, deadline - time.monotonic())
        return [
            one if isinstance(one, NoValue) else judged(one, answers[one.record])
            for one in questions
        ]

    def check(self) -> list[Finding]:
        """Who serves the zone, and whether each of them does."""
        deadline = time.monotonic() + self._seconds
        servers = self._servers(self._seconds)
        what = f"zone {self._config.zone}"
        if isinstance(servers, NoValue):
            return [Finding(ok=False, what=what, sentence=servers.detail)]
        asked = question("serial_spread", self._zone)
        assert isinstance(asked, Question)  # noqa: S101 (it has no arguments that could be wrong)
        answers = self._answers([asked.record], servers, deadline - time.monotonic())
        found = [_finding(*one) for one in zip(servers, answers[asked.record], strict=True)]
        spread = judged(asked, answers[asked.record])
        if isinstance(spread, NoValue) or not spread:
            return found
        said = "its servers are not all at the same serial: a change is still on its way"
        return [*found, Finding(ok=True, what=what, sentence=said)]

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._at_once.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()

    def _servers(self, seconds: float) -> list[Address] | NoValue:
        if self._config.servers:
            return [server(text) for text in self._config.servers]
        with self._lock:
            since, known = self._known
        if time.monotonic() - since < _KEPT:
            return known
        resolvers = [server(text) for text in self._config.resolvers]
        work = partial(servers_of, self._zone, resolvers)
        [found] = self._at_once.run([work], seconds, f"nobody told in time who serves {self._zone}")
        if not isinstance(found, NoValue):
            with self._lock:
                self._known = (time.monotonic(), found)
        return found

    def _answers(
        self, records: Sequence[Record], servers: Sequence[Address], seconds: float
    ) -> dict[Record, list[Told | NoValue]]:
        """By record, in the order of `servers`."""
        works = [partial(tell, address, record) for record in records for address in servers]
        found = self._at_once.run(works, max(0.0, seconds), "a name server did not answer in time")
        count = len(servers)
        return {
            record: found[index * count : (index + 1) * count]
            for index, record in enumerate(records)
        }


def _finding(address: Address, told: Told | NoValue) -> Finding:
    what = f"name server {address[0]}"
    if isinstance(told, NoValue):
        return Finding(ok=False, what=what, sentence=told.detail)
    if not told.values:
        return Finding(ok=False, what=what, sentence="it knows no SOA record; is this the zone?")
    return Finding(ok=True, what=what, sentence="answers with authority")
