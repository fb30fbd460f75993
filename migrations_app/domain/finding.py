"""What a doctor says: one plain sentence about one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at (`server app/green`), whether it is well, and a sentence that says why.

    A finding that is not `ok` also says what to do.
    """

    ok: bool
    what: str
    sentence: str
