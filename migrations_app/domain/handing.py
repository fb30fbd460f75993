"""How long the offer of a role stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

OFFER_STANDS: Final = timedelta(minutes=15)
"""After this an offer that nobody answered is void, and may be made again."""


def stands_until(offered_at: datetime) -> datetime:
    """The moment from which on the offer can't be accepted any more."""
    return offered_at + OFFER_STANDS


def stands(offered_at: datetime, now: datetime) -> bool:
    """Whether the offer can be answered now."""
    return now < stands_until(offered_at)
