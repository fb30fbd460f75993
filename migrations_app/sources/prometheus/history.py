"""History through prometheus-api-client, over our own wire.

The library builds the range query and unpacks the result. Its own HTTP would retry for seconds,
wait without end, read without bound and drop warnings, so it is handed a session that asks over
the same wire as everything else.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from prometheus_api_client.prometheus_connect import PrometheusConnect

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.reading import Point
from migrations_app.sources.prometheus.envelope import Matrix, Sample, finite, unwrap
from migrations_app.sources.prometheus.question import Question, limits
from migrations_app.sources.value import Blame, NoValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from requests import Session

    from migrations_app.domain.reading import Query
    from migrations_app.sources.prometheus.config import PrometheusConfig
    from migrations_app.sources.prometheus.wire import Wire

_MOST_POINTS: Final = 11_000  # Prometheus's own limit per request
_BYTES_PER_POINT: Final = 48


class History:
    """Range queries, in as many requests as the limits ask for, within one `history_timeout`."""

    def __init__(self, wire: Wire, config: PrometheusConfig) -> None:
        self._wire = wire
        self._config = config
        self._size = min(_MOST_POINTS, max(1, config.max_response_bytes // _BYTES_PER_POINT - 16))

    def points(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        """See `PrometheusSource.history`."""
        if step < timedelta(milliseconds=1) or end < start:
            raise Permanent("a history needs an end after its start and a step of at least 1 ms")
        times = [start + step * index for index in range((end - start) // step + 1)]
        session = _Session(self._wire, self._config)
        values: dict[int, float | None] = {}
        for first in range(0, len(times), self._size):
            part = times[first : first + self._size]
            asked = [moment - query.offset for moment in part]
            found = _placed(self._range(session, query.text, asked, step), asked[0], step)
            values |= {first + index: value for index, value in found.items()}
        return [Point(moment, values.get(index)) for index, moment in enumerate(times)]

    def _range(
        self, session: _Session, text: str, times: Sequence[datetime], step: timedelta
    ) -> list[list[Sample]]:
        """The samples of each series."""
        http = cast("Session", session)  # it calls `mount` and `request`, nothing else
        client = PrometheusConnect(self._config.url, session=http, method="POST")
        exact = {"start": f"{times[0].timestamp():.3f}", "end": f"{times[-1].timestamp():.3f}"}
        bounds = exact | dict(limits(self._config, self._config.history_timeout))
        width = f"{step.total_seconds():.3f}"
        lines = client.custom_query_range(text, times[0], times[-1], width, params=bounds)
        return [line["values"] for line in lines]


class _Session:
    """What the library takes for its HTTP session. It raises our errors, with our sentences."""

    verify = True
    cert = None

    def __init__(self, wire: Wire, config: PrometheusConfig) -> None:
        self._wire = wire
        self._base = config.url
        self._deadline = time.monotonic() + config.history_timeout.total_seconds()

    def mount(self, prefix: str, adapter: object) -> None:
        """Refuses the library's retrying adapter: a retry would hide inside our budget."""

    def request(self, *, url: str, params: Mapping[str, object], **_ignored: object) -> _Page:
        question = Question(
            url.removeprefix(self._base),
            tuple((name, str(value)) for name, value in params.items()),
        )
        [answer] = self._wire.ask([question], max(0.0, self._deadline - time.monotonic()))
        envelope = unwrap(answer)
        if isinstance(envelope, NoValue):
            raise _error(envelope)
        if not isinstance(envelope.data, Matrix):
            raise Permanent("the server answered a range query with something else than a range")
        return _Page(envelope.data)


class _Page:
    """What the library takes for an HTTP response."""

    status_code = 200

    def __init__(self, data: Matrix) -> None:
        self._data = data

    def json(self) -> dict[str, object]:
        return {"data": self._data.model_dump()}


def _error(why: NoValue) -> Permanent | Transient:
    return Transient(why.detail) if why.blame is Blame.MOMENT else Permanent(why.detail)


def _placed(
    lines: Iterable[Iterable[Sample]], origin: datetime, step: timedelta
) -> dict[int, float | None]:
    """Values by their number of steps after `origin`. Series may follow, not overlap each other."""
    values: dict[int, float | None] = {}
    for seconds, text in (sample for line in lines for sample in line):
        index = round((seconds - origin.timestamp()) / step.total_seconds())
        if index in values:
            raise Permanent("several series answer at the same moment; aggregate them to one")
        value = finite(text)
        values[index] = None if isinstance(value, NoValue) else value
    return values
