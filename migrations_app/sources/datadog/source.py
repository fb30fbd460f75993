"""Datadog: metric queries and formulas over a window of time, by `/api/v2/query/scalar`.

Source: Datadog's API reference, v2. Not verified against Datadog itself: the words of its errors,
and what it counts against the rate limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome
from migrations_app.sources.datadog.config import DatadogConfig
from migrations_app.sources.datadog.question import body
from migrations_app.sources.value import DATA, NoValue, number
from migrations_app.sources.web.desk import Desk
from migrations_app.sources.web.windowed import Windowed
from migrations_app.sources.web.words import not_json
from migrations_app.wire.answer import clean
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    import httpx

    from migrations_app.sources.value import Value
    from migrations_app.sources.web.windowed import Span
    from migrations_app.wire.answer import Answer

_MEANING: Final = {
    401: "Datadog does not know our api_key (401); is this the right site?",
    403: "Datadog refuses our keys (403): check api_key, app_key (scope timeseries_query) and site",
    429: "Datadog's rate limit is used up (429); lengthen the interval or ask for a higher limit",
}


_HARMLESS: Final = "avg:datadog.agent.running{*}"
_READS: Final = "it may query metrics (timeseries_query)"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Numbers(_Part):
    type: Literal["number"]
    values: list[float | None]


class _Groups(_Part):
    """The tags of each value."""

    type: Literal["group"]


class _Attributes(_Part):
    columns: list[Annotated[_Numbers | _Groups, Field(discriminator="type")]]


class _Data(_Part):
    attributes: _Attributes


class _Scalars(_Part):
    """`errors` may stand beside the data of a success."""

    data: _Data | None = None
    errors: str | list[str] | None = None


class DatadogSource(Windowed):
    """Keeps its connections between calls. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "datadog"
    Config: ClassVar[type[BaseModel]] = DatadogConfig
    tried: ClassVar[str] = "a fake that holds requests to Datadog's API reference"

    def __init__(self, config: DatadogConfig) -> None:
        desk = Desk(config, config.credentials(), config.concurrency, _MEANING)
        super().__init__(config, desk)
        self._aggregator = config.aggregator

    def __repr__(self) -> str:
        return f"DatadogSource({self._config.host})"

    def request(self, text: str, span: Span) -> httpx.Request | NoValue:
        """A scalar request about `span`."""
        made = body(text, span, self._aggregator)
        return made if isinstance(made, NoValue) else self._desk.post("/api/v2/query/scalar", made)

    def value(self, answer: Answer) -> Value:
        """The one value of the one column of numbers."""
        try:
            found = _Scalars.model_validate_json(answer.body)
        except ValidationError:
            return not_json(answer, "Datadog's")
        if found.errors:
            words = found.errors if isinstance(found.errors, str) else found.errors[0]
            return NoValue(Outcome.WARNINGS, f"it doubts its answer: {clean(words)}")
        if found.data is None:
            return not_json(answer, "Datadog's")
        columns = [one for one in found.data.attributes.columns if isinstance(one, _Numbers)]
        return _one([value for column in columns for value in column.values])

    def check(self) -> list[Finding]:
        """Whether our keys let us read, and how protected the road is."""
        road = protection(self._config, "healthy metrics")
        validate = self._desk.get("/api/v1/validate")
        [known] = self._desk.ask([validate], self._config.timeout.total_seconds())
        if isinstance(known, NoValue):
            return [Finding(ok=False, what=self._config.host, sentence=known.detail), *road]
        value = self.now(_HARMLESS)
        refused = isinstance(value, NoValue) and value.outcome not in DATA
        sentence = value.detail if isinstance(value, NoValue) and refused else _READS
        return [
            Finding(ok=True, what=self._config.host, sentence="knows our api_key"),
            Finding(ok=not refused, what="app_key", sentence=sentence),
            *road,
        ]


def _one(values: list[float | None]) -> Value:
    if len(values) > 1:
        sentence = f"{len(values)} groups answer; leave out the grouping (by {{…}})"
        return NoValue(Outcome.MANY_SERIES, sentence)
    if not values or values[0] is None:
        return NoValue(Outcome.EMPTY, "there are no points in this window; that is not zero")
    return number(values[0])
