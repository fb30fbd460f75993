"""How much of the trailing time a condition was true, for "95 % of the time"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypedDict

_BUCKETS: Final = 120
_MICROSECOND: Final = timedelta(microseconds=1)


class ShareJSON(TypedDict):
    """A `Share`; `period` in microseconds, buckets as `[index, true, false]`."""

    origin: str
    period: int
    buckets: list[tuple[int, int, int]]


class Spans(NamedTuple):
    """How long a condition was known to be true, and known to be false."""

    true: timedelta
    false: timedelta


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is known of the `index`-th stretch of time, in microseconds."""

    index: int
    true: int = 0
    false: int = 0

    def plus(self, spent: int, *, true: bool) -> Bucket:
        """With `spent` microseconds more."""
        if true:
            return replace(self, true=self.true + spent)
        return replace(self, false=self.false + spent)


@dataclass(frozen=True, slots=True)
class Share:
    """The last `period`, in at most 120 buckets counted from `origin`.

    Exact except in the oldest bucket, which leaves the period gradually, as if what happened in it
    were spread evenly: the resolution is 1/119 of the period. Time in no bucket is unknown.
    """

    origin: datetime
    period: timedelta
    buckets: tuple[Bucket, ...] = ()

    def add(self, start: datetime, end: datetime, *, true: bool) -> Share:
        """With the time from `start` to `end` accounted for; time only moves forward."""
        since, until = self._offset(start), self._offset(end)
        last = until // self._width
        oldest = last - _BUCKETS + 1
        buckets = {bucket.index: bucket for bucket in self.buckets if bucket.index >= oldest}
        for index in range(max(oldest, since // self._width), last + 1):
            edge = index * self._width
            spent = min(until, edge + self._width) - max(since, edge)
            buckets[index] = buckets.get(index, Bucket(index)).plus(spent, true=true)
        return replace(self, buckets=tuple(buckets.values()))

    def spans(self, at: datetime) -> Spans:
        """What is known of the period up to `at`."""
        cut = self._offset(at) - self.period // _MICROSECOND
        inside = [(self._inside(bucket, cut), bucket) for bucket in self.buckets]
        true = sum(part * bucket.true for part, bucket in inside)
        false = sum(part * bucket.false for part, bucket in inside)
        return Spans(timedelta(microseconds=true), timedelta(microseconds=false))

    def to_json(self) -> ShareJSON:
        """As plain JSON."""
        return {
            "origin": self.origin.isoformat(),
            "period": self.period // _MICROSECOND,
            "buckets": [(bucket.index, bucket.true, bucket.false) for bucket in self.buckets],
        }

    @staticmethod
    def from_json(data: ShareJSON) -> Share:
        """What `to_json` wrote."""
        return Share(
            datetime.fromisoformat(data["origin"]),
            timedelta(microseconds=data["period"]),
            tuple(Bucket(*bucket) for bucket in data["buckets"]),
        )

    @property
    def _width(self) -> int:
        """Microseconds in a bucket: 119 of them cover the period, one more is on its way out."""
        return -(-(self.period // _MICROSECOND) // (_BUCKETS - 1))

    def _offset(self, moment: datetime) -> int:
        return (moment - self.origin) // _MICROSECOND

    def _inside(self, bucket: Bucket, cut: int) -> float:
        """The part of the bucket that is younger than `cut`."""
        end = (bucket.index + 1) * self._width
        return min(1.0, max(0.0, (end - cut) / self._width))
