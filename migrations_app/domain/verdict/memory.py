"""What a check remembers from one evaluation to the next: small, bounded, plain JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict

from migrations_app.domain.verdict.outcome import Reason, Status, Verdict
from migrations_app.domain.verdict.share import Share, ShareJSON

_MICROSECOND = timedelta(microseconds=1)


class StreakJSON(TypedDict):
    """A `Streak`; `held` in microseconds."""

    bad: bool
    since: str
    held: int
    count: int
    counted_at: str


class VerdictJSON(TypedDict):
    """A `Verdict`."""

    status: str
    sentence: str
    value: float | None
    since: str | None
    progress: float | None
    reason: str


class MemoryJSON(TypedDict):
    """A `Memory`; times as ISO 8601."""

    at: str | None
    read_at: str | None
    blind_since: str | None
    settled_at: str | None
    streak: StreakJSON | None
    share: ShareJSON | None
    verdict: VerdictJSON | None


@dataclass(frozen=True, slots=True)
class Streak:
    """Readings of one kind in a row, gaps between them left out.

    `held` is the time they account for, `count` how many intervals they are.
    """

    bad: bool
    since: datetime
    held: timedelta
    count: int
    counted_at: datetime

    def longer(self, at: datetime, held: timedelta, interval: timedelta) -> Streak:
        """One more reading of the same kind.

        Two evaluations within half an interval (a late worker and the poller that lost patience
        with it) are one of the "consecutive intervals", or two of them would trip at once.
        """
        if at - self.counted_at < interval / 2:
            return replace(self, held=self.held + held)
        return replace(self, held=self.held + held, count=self.count + 1, counted_at=at)

    def to_json(self) -> StreakJSON:
        """As plain JSON."""
        return {
            "bad": self.bad,
            "since": self.since.isoformat(),
            "held": self.held // _MICROSECOND,
            "count": self.count,
            "counted_at": self.counted_at.isoformat(),
        }

    @staticmethod
    def from_json(data: StreakJSON) -> Streak:
        """What `to_json` wrote."""
        return Streak(
            data["bad"],
            datetime.fromisoformat(data["since"]),
            timedelta(microseconds=data["held"]),
            data["count"],
            datetime.fromisoformat(data["counted_at"]),
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """`at` is the last evaluation, `read_at` the last that had data, `blind_since` the first of
    those without since then. `settled_at` and `verdict` are those of the last evaluation.

    It belongs to one rule: an amended rule starts with a `fresh()` one.
    """

    at: datetime | None = None
    read_at: datetime | None = None
    blind_since: datetime | None = None
    settled_at: datetime | None = None
    streak: Streak | None = None
    share: Share | None = None
    verdict: Verdict | None = None

    def to_json(self) -> MemoryJSON:
        """As plain JSON, at most some 4 kB of it."""
        return {
            "at": _text(self.at),
            "read_at": _text(self.read_at),
            "blind_since": _text(self.blind_since),
            "settled_at": _text(self.settled_at),
            "streak": self.streak.to_json() if self.streak else None,
            "share": self.share.to_json() if self.share else None,
            "verdict": _verdict_json(self.verdict) if self.verdict else None,
        }

    @staticmethod
    def from_json(data: MemoryJSON) -> Memory:
        """What `to_json` wrote."""
        return Memory(
            _moment(data["at"]),
            _moment(data["read_at"]),
            _moment(data["blind_since"]),
            _moment(data["settled_at"]),
            Streak.from_json(data["streak"]) if data["streak"] else None,
            Share.from_json(data["share"]) if data["share"] else None,
            _verdict(data["verdict"]) if data["verdict"] else None,
        )


def fresh() -> Memory:
    """Nothing known yet."""
    return Memory()


def _verdict_json(verdict: Verdict) -> VerdictJSON:
    return {
        "status": verdict.status.value,
        "sentence": verdict.sentence,
        "value": verdict.value,
        "since": _text(verdict.since),
        "progress": verdict.progress,
        "reason": verdict.reason.value,
    }


def _verdict(data: VerdictJSON) -> Verdict:
    return Verdict(
        Status(data["status"]),
        data["sentence"],
        data["value"],
        _moment(data["since"]),
        data["progress"],
        Reason(data["reason"]),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
