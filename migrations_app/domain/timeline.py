"""The timeline's entries: how they are written down, chained by hash, and verified."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Kind(StrEnum):
    """What an entry tells of."""

    PLANNED = "planned"
    STARTED = "started"
    CALLED_OFF = "called_off"
    PHASE_ENTERED = "phase_entered"
    WEIGHT_CONFIRMED = "weight_confirmed"
    WEIGHT_UNVERIFIED = "weight_unverified"
    SHIFT_FAILED = "shift_failed"
    SETTLED = "settled"
    STEP_COMPLETED = "step_completed"
    GATE_OPENED = "gate_opened"
    SIGNED_OFF = "signed_off"
    GO = "go"
    ADVANCED = "advanced"
    NO_GO = "no_go"
    GATE_EXPIRED = "gate_expired"
    HELD = "held"
    RESUMED = "resumed"
    TRIPPED = "tripped"
    FROZEN = "frozen"
    ROLLBACK = "rollback"
    RESTORED = "restored"
    REPAIRED = "repaired"
    COMPLETED = "completed"
    VERDICT = "verdict"
    BASELINE = "baseline"
    DRIFT = "drift"
    DRIFT_GONE = "drift_gone"
    TROUBLE = "trouble"
    TROUBLE_GONE = "trouble_gone"
    AMENDED = "amended"
    EVIDENCE_PUSHED = "evidence_pushed"
    ALERT_BEGAN = "alert_began"
    ALERT_ENDED = "alert_ended"
    NOTE = "note"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    STEP_TAKEN = "step_taken"
    STEP_RELEASED = "step_released"
    NUDGED = "nudged"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_DECLINED = "handover_declined"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    HANDED_OVER = "handed_over"
    UPDATE_DRAFTED = "update_drafted"
    UPDATE_APPROVED = "update_approved"
    UPDATE_RETURNED = "update_returned"
    UPDATE_PUBLISHED = "update_published"
    UPDATE_OVERDUE = "update_overdue"
    SHEET = "sheet"
    OFFLINE = "offline"
    UNWATCHED = "unwatched"
    PARITY_BEGUN = "parity_begun"
    PARITY_EQUAL = "parity_equal"
    PARITY_DIFFERS = "parity_differs"


def plain(value: object) -> Json:
    """`value` as JSON that survives a round trip through the database unchanged.

    Times become UTC ISO text, decimals text, durations seconds; NUL and lone surrogates, which
    PostgreSQL refuses, become U+FFFD; numbers that are not finite become their name.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return _clean(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {_clean(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return _spelled(value)


def _spelled(value: object) -> str | float:
    match value:
        case Decimal():
            return format(value.normalize(), "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case timedelta():
            return value.total_seconds()
        case _:
            raise TypeError(f"{type(value).__name__} does not belong in the timeline")


def canonical(value: Json) -> bytes:
    """The one spelling of a JSON value: keys sorted, no spaces, whole floats as integers."""
    text = json.dumps(
        _whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical spelling, in hex."""
    return hashlib.sha256(canonical(plain(value))).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is hashed. `at` is UTC; `prev_hash` is empty for the first."""

    run: int
    seq: int
    at: datetime
    kind: str
    verb: str
    actor: str
    leg: int
    phase: int
    revision: int
    sentence: str
    payload: Json
    prev_hash: str
    hash: str = ""

    def seal(self) -> str:
        """The hash this entry must carry."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "hash"}
        return digest(fields)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold, and how."""

    seq: int
    sentence: str


def verify(entries: Iterable[Entry], head: str | None = None) -> list[Broken]:
    """Every place where the timeline was edited, cut or reordered; empty when it is whole.

    `head`: the hash the last entry must have, when it is known from elsewhere.
    """
    broken: list[Broken] = []
    before = ""
    expected = 1
    for entry in entries:
        if entry.seq != expected:
            broken.append(Broken(entry.seq, f"entry {expected} is missing before it"))
        if entry.prev_hash != before:
            broken.append(Broken(entry.seq, "it does not follow the entry before it"))
        if entry.hash != entry.seal():
            broken.append(Broken(entry.seq, "it was changed after it was written"))
        before, expected = entry.hash, entry.seq + 1
    if head is not None and head != before:
        broken.append(Broken(expected, "the end of the timeline is missing"))
    return broken


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _whole(value: Json) -> Json:
    """The database spells 2.7e16 without its exponent, so that it comes back as an integer: whole
    numbers count as the float nearest to them, whichever they were written as."""
    match value:
        case bool():
            return value
        case int() | float() if float(value).is_integer():
            return int(float(value))
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case _:
            return cast("Json", value)
