"""An alert, as every sender's is kept: who it is, whether it fires, since when. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from migrations_app.domain.comms.leaks import Leak, leaks
from migrations_app.domain.timeline import digest, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOST: Final = 1000  # alerts in one message
_LABELS: Final = 64
_VALUE: Final = 500  # characters
HIDDEN: Final = "(hidden)"


class Sender(StrEnum):
    """Who sends alerts. Each has an address of its own."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    PAGERDUTY = "pagerduty"


class Unreadable(ValueError):
    """Not what this sender sends. Says what was expected, and nothing of what came."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a message. Times are the sender's, aware; `ended_at` None while it fires.

    `fingerprint` is the same for the same alert at every message, and only for it. `said_at` is
    when the sender said so, where it tells: an older word than what is known counts for nothing.
    """

    sender: Sender
    fingerprint: str
    labels: Mapping[str, str]
    started_at: datetime
    ended_at: datetime | None
    said_at: datetime | None = None

    @property
    def began_at(self) -> datetime:
        """Since when it fires, if it did not before this message."""
        return self.said_at or self.started_at

    @property
    def firing(self) -> bool:
        return self.ended_at is None


def labelled(given: Mapping[str, object]) -> dict[str, str]:
    """Labels as they are kept: plain text, bounded, and no value that looks like a secret."""
    if len(given) > _LABELS:
        raise Unreadable(f"An alert may have {_LABELS} labels, no more.")
    return {str(plain(name))[:128]: _safe(str(plain(str(value)))) for name, value in given.items()}


def identity(sender: Sender, words: object) -> str:
    """A fingerprint of our own from the sender's, or from the labels: always of one length."""
    return digest([sender.value, plain(words)])


def _safe(value: str) -> str:
    bounded = value[:_VALUE]
    return HIDDEN if any(one.kind is Leak.SECRET for one in leaks(bounded)) else bounded
