"""What a doctor says about CloudWatch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import spoken
from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.sources.cloudwatch.config import CloudWatchConfig
    from migrations_app.sources.cloudwatch.wire import Wire

_SKEW: Final = timedelta(seconds=5)  # its clock is told in whole seconds
_EARLY: Final = timedelta(minutes=1)


def _now() -> datetime:
    return datetime.now(UTC)


def examine(
    wire: Wire, config: CloudWatchConfig, clock: Callable[[], datetime] = _now
) -> list[Finding]:
    """Within `timeout`. `clock` is ours, to compare theirs with."""
    before = clock()
    try:
        headers = wire.headers(before, Deadline(config.timeout.total_seconds()))
    except SeamError as error:
        found = [Finding(ok=False, what=config.host, sentence=str(error))]
        return [*found, *protection(config, "healthy metrics")]
    trip = clock() - before
    return [
        Finding(ok=True, what=config.host, sentence="it answers, and lets us read."),
        _clock(headers, before + trip / 2, _SKEW + trip / 2),
        _delay(config.delay),
        *protection(config, "healthy metrics"),
    ]


def _clock(headers: Mapping[str, str], ours: datetime, tolerance: timedelta) -> Finding:
    try:
        ahead = parsedate_to_datetime(headers["date"]) - ours
    except (KeyError, ValueError, TypeError):
        return Finding(ok=True, what="clock", sentence="it does not tell its time.")
    if abs(ahead) <= tolerance:
        return Finding(ok=True, what="clock", sentence="its clock agrees with ours.")
    side = "ahead of" if ahead > timedelta(0) else "behind"
    sentence = (
        f"its clock is {spoken(abs(ahead))} {side} ours, so we would ask about the wrong moment; "
        "set ours by NTP."
    )
    return Finding(ok=False, what="clock", sentence=sentence)


def _delay(delay: timedelta) -> Finding:
    sentence = f"readings are about periods that ended {spoken(delay)} ago or earlier."
    if delay < _EARLY:
        sentence += " Metrics of AWS arrive one to three minutes late: set delay to 1m or more."
    return Finding(ok=delay >= _EARLY, what="delay", sentence=sentence)
