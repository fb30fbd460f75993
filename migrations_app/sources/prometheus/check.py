"""What a doctor says about a Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from migrations_app.domain.duration import spoken
from migrations_app.domain.finding import Finding
from migrations_app.sources.prometheus.envelope import number
from migrations_app.sources.prometheus.question import Question, instant
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import clean
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.sources.prometheus.config import PrometheusConfig
    from migrations_app.sources.prometheus.wire import Wire
    from migrations_app.wire.answer import Answer

_SKEW: Final = timedelta(seconds=2)
_STALE: Final = timedelta(minutes=2)  # twice the longest scrape interval in common use
_BUILD: Final = Question("/api/v1/status/buildinfo")


class _Version(BaseModel):
    version: str


class _Build(BaseModel):
    data: _Version


def _well(what: str, sentence: str) -> Finding:
    return Finding(ok=True, what=what, sentence=sentence)


def _ill(what: str, sentence: str) -> Finding:
    return Finding(ok=False, what=what, sentence=sentence)


def _now() -> datetime:
    return datetime.now(UTC)


def examine(
    wire: Wire, config: PrometheusConfig, clock: Callable[[], datetime] = _now
) -> list[Finding]:
    """Asks three things at once, within `timeout`. `clock` is ours, to compare theirs with."""
    freshness = [instant(config, config.freshness.query)] if config.freshness else []
    before = clock()
    build, when, *newest = wire.ask(
        [_BUILD, instant(config, "time()"), *freshness], config.timeout.total_seconds()
    )
    trip = clock() - before
    server = number(when)
    if isinstance(server, NoValue):
        return [_ill(config.host, server.detail), *protection(config, "healthy metrics")]
    return [
        _well(config.host, f"answers our queries; {_version(build)}"),
        _clock(server, before + trip / 2, _SKEW + trip / 2),
        _freshness(number(newest[0]) if newest else None, server),
        *protection(config, "healthy metrics"),
    ]


def _version(answer: Answer | NoValue) -> str:
    """Not every server that speaks the query API tells its version; that is no fault."""
    if isinstance(answer, NoValue) or answer.status != 200:
        return "it does not tell its version"
    try:
        return f"version {clean(_Build.model_validate_json(answer.body).data.version, 40)}"
    except ValidationError:
        return "it does not tell its version"


def _clock(server: float, ours: datetime, tolerance: timedelta) -> Finding:
    ahead = timedelta(seconds=server - ours.timestamp())
    if abs(ahead) <= tolerance:
        return _well("clock", "its clock agrees with ours")
    side = "ahead of" if ahead > timedelta(0) else "behind"
    return _ill(
        "clock",
        f"its clock is {spoken(abs(ahead))} {side} ours, so we would ask about the wrong moment; "
        "set both by NTP",
    )


def _freshness(newest: float | NoValue | None, server: float) -> Finding:
    if newest is None:
        sentence = (
            "no freshness query is set, so a scrape that stopped shows only when the server's "
            'lookback (5 m) is over; consider max(timestamp(up{job="…"}))'
        )
        return _well("freshness", sentence)
    if isinstance(newest, NoValue):
        return _ill("freshness", f"the freshness query fails: {newest.detail}")
    age = timedelta(seconds=max(0.0, server - newest))
    if age <= _STALE:
        return _well("freshness", f"the newest sample is {spoken(age)} old")
    sentence = f"the newest sample is {spoken(age)} old; is the target still scraped?"
    return _ill("freshness", sentence)
