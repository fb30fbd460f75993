"""One reading as it was recorded, with the verdict it led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """`evidence` is what `stored.evidence_json` wrote; `status` the verdict on it.

    `settled_at`: when the last flip had settled, as far as the judge knew.
    """

    check: str
    leg: int
    at: datetime
    settled_at: datetime | None
    status: str
    evidence: Mapping[str, object]
