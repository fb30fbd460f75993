"""New Relic: NRQL over a window of time, by NerdGraph.

Source: New Relic's NerdGraph tutorial for NRQL. Not verified against New Relic itself: the words
and classes of its errors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.finding import Finding
from migrations_app.sources.newrelic.answer import value_of
from migrations_app.sources.newrelic.config import NewRelicConfig
from migrations_app.sources.value import DATA, NoValue, unfit
from migrations_app.sources.web.desk import Desk
from migrations_app.sources.web.windowed import Windowed, milliseconds
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    import httpx
    from pydantic import BaseModel

    from migrations_app.sources.value import Value
    from migrations_app.sources.web.windowed import Span
    from migrations_app.wire.answer import Answer

_GRAPHQL: Final = (
    "query($account: Int!, $nrql: Nrql!, $timeout: Seconds) "
    "{ actor { account(id: $account) { nrql(query: $nrql, timeout: $timeout) { results } } } }"
)
# Words of NRQL that say when, outside quotes. We say when.
_QUOTED: Final = re.compile(r"'[^']*'|`[^`]*`")
_WHEN: Final = re.compile(r"\b(since|until|timeseries|compare\s+with)\b", re.IGNORECASE)
_HARMLESS: Final = "SELECT count(*) FROM Transaction"
_MEANING: Final = {
    401: "New Relic does not know our api_key (401); is it a user key, and of this region?",
    403: "our api_key may not query this account (403); check account, api_key and region",
    429: "New Relic's limit of queries is used up (429); lengthen the interval",
}


class NewRelicSource(Windowed):
    """Keeps its connections between calls. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "newrelic"
    Config: ClassVar[type[BaseModel]] = NewRelicConfig
    tried: ClassVar[str] = "a fake of NerdGraph"

    def __init__(self, config: NewRelicConfig) -> None:
        desk = Desk(config, config.credentials(), config.concurrency, _MEANING)
        super().__init__(config, desk)
        self._account = config.account

    def __repr__(self) -> str:
        return f"NewRelicSource({self._config.host})"

    def request(self, text: str, span: Span) -> httpx.Request | NoValue:
        """`text` between the two moments of `span`."""
        if found := _WHEN.search(_QUOTED.sub("''", text)):
            word = found[0].upper()
            return unfit(f"leave {word} out: the time is ours to say; write … over 10m")
        nrql = f"{text} SINCE {milliseconds(span.start)} UNTIL {milliseconds(span.end)}"
        seconds = max(1, int(self._config.timeout.total_seconds()))
        variables = {"account": self._account, "nrql": nrql, "timeout": seconds}
        return self._desk.post("/graphql", {"query": _GRAPHQL, "variables": variables})

    def value(self, answer: Answer) -> Value:
        """The one number of the one row."""
        return value_of(answer)

    def check(self) -> list[Finding]:
        """Whether our key may query the account, and how protected the road is."""
        value = self.now(_HARMLESS)
        road = protection(self._config, "healthy metrics")
        if isinstance(value, NoValue) and value.outcome not in DATA:
            return [Finding(ok=False, what=self._config.host, sentence=value.detail), *road]
        sentence = f"answers queries of account {self._account}"
        return [Finding(ok=True, what=self._config.host, sentence=sentence), *road]
