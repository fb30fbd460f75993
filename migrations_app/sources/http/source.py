"""Any HTTP address: a number in its JSON or text, its status, its latency, whether it is up.

Silence is no answer: an address that does not answer in time is NO_DATA (`timeout`), never 0, as it
may be our own road that is broken. What it *says* counts: `up` is 0 for every status but 2xx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome
from migrations_app.sources.http.config import HTTPConfig
from migrations_app.sources.http.find import in_json, in_text
from migrations_app.sources.http.question import Question, question
from migrations_app.sources.present import Present
from migrations_app.sources.value import NoValue
from migrations_app.sources.web.desk import Desk
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from migrations_app.sources.value import Value
    from migrations_app.wire.answer import Answer


class HTTPSource(Present):
    """Keeps its connections between calls. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "http"
    Config: ClassVar[type[BaseModel]] = HTTPConfig
    tried: ClassVar[str] = "a small HTTP server of the tests"

    def __init__(self, config: HTTPConfig) -> None:
        self._config = config
        self._desk = Desk(config, config.credentials(), config.concurrency)

    def __repr__(self) -> str:
        return f"HTTPSource({self._config.host})"

    def values(self, texts: Sequence[str]) -> list[Value]:
        """Each path is asked once, however many questions there are about it."""
        questions = [question(text) for text in texts]
        paths = dict.fromkeys(one.path for one in questions if isinstance(one, Question))
        requests = [self._desk.get(path) for path in paths]
        answers = dict(zip(paths, self._desk.hear(requests, self._seconds), strict=True))
        return [
            one if isinstance(one, NoValue) else self._value(one, answers[one.path])
            for one in questions
        ]

    def check(self) -> list[Finding]:
        """Whether it answers and lets us in, and how protected the road is."""
        [answer] = self._desk.ask([self._desk.get(self._config.health)], self._seconds)
        road = protection(self._config, "healthy numbers")
        if isinstance(answer, NoValue):
            return [Finding(ok=False, what=self._config.host, sentence=answer.detail), *road]
        said = f"{self._config.health} answers {answer.status}"
        return [Finding(ok=True, what=self._config.host, sentence=said), *road]

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._desk.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()

    def _value(self, one: Question, heard: Answer | NoValue) -> Value:
        """A status is an answer to those who ask for it; to others only a success is."""
        if isinstance(heard, NoValue):
            return heard
        if old := _from_a_cache(heard):
            return old
        if one.how in {"status", "up"}:
            return float(heard.status if one.how == "status" else heard.ok)
        answer = self._desk.success(heard)
        if isinstance(answer, NoValue):
            return answer
        return self._desk.discreet(_READ[one.how](answer, one.where))


def _from_a_cache(answer: Answer) -> NoValue | None:
    """A cache says how old its answer is (RFC 9111); we asked for a new one."""
    age = answer.headers.get("age", "0")
    if not (age.isascii() and age.isdigit()) or int(age) <= _YOUNG:
        return None
    sentence = f"a cache on the way answered, from {age[:9]} s ago; ask an address before no cache"
    return NoValue(Outcome.WARNINGS, sentence)


_YOUNG: Final = 1  # seconds
_READ: Final[dict[str, Callable[[Answer, str], Value]]] = {
    "ms": lambda answer, _: answer.seconds * 1000,
    "text": in_text,
    "json": in_json,
}
