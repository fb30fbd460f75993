"""A stretch of one series, packed: a fraction of the memory for a few microseconds a read."""

from __future__ import annotations

import math
import struct
import zlib
from array import array
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

# Prometheus's mark for "this series ended here": a NaN that no arithmetic yields.
_STALE_BITS: Final = struct.pack("<Q", 0x7FF0000000000002)
STALE: Final[float] = struct.unpack("<d", _STALE_BITS)[0]
_WIDTH: Final = 8  # bytes of a time and of a value
_FASTEST: Final = 1
_OVERHEAD: Final = 200  # what Python adds to a chunk, in bytes


def is_stale(value: float) -> bool:
    return math.isnan(value) and struct.pack("<d", value) == _STALE_BITS


@dataclass(frozen=True, slots=True)
class Chunk:
    """The samples from `start` to `end` (unix ms, both included)."""

    start: int
    end: int
    packed: bytes

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.packed) + _OVERHEAD

    def samples(self) -> tuple[array[int], array[float]]:
        """Times (unix ms) and values, oldest first."""
        planes = zlib.decompress(self.packed)
        middle = len(planes) // 2
        steps, values = array("q", _gathered(planes[:middle])), array("d")
        values.frombytes(_gathered(planes[middle:]))
        return array("q", accumulate(steps)), values


def pack(times: array[int], values: array[float]) -> Chunk:
    """At least one sample, times ascending."""
    steps = array("q", [times[0], *(late - soon for soon, late in pairwise(times))])
    planes = _spread(steps.tobytes()) + _spread(values.tobytes())
    return Chunk(times[0], times[-1], zlib.compress(planes, _FASTEST))


def _spread(raw: bytes) -> bytes:
    """Bytes of equal rank next to each other: they hardly differ, so they compress well."""
    return b"".join(raw[rank::_WIDTH] for rank in range(_WIDTH))


def _gathered(planes: bytes) -> bytes:
    count = len(planes) // _WIDTH
    raw = bytearray(len(planes))
    for rank in range(_WIDTH):
        raw[rank::_WIDTH] = planes[rank * count : (rank + 1) * count]
    return bytes(raw)
