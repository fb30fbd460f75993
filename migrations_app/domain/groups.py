"""What kinds of entries people look for together."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from migrations_app.domain.timeline import Kind

K = Kind


class Group(StrEnum):
    """A way to look at a timeline. `PINNED` is what people marked, whatever its kind."""

    DECISIONS = "decisions"
    PHASES = "phases"
    METRICS = "metrics"
    PEOPLE = "people"
    COMMS = "comms"
    TROUBLE = "trouble"
    PINNED = "pinned"


KINDS: Final[dict[Group, tuple[Kind, ...]]] = {
    Group.DECISIONS: (
        K.STARTED, K.SIGNED_OFF, K.GO, K.ADVANCED, K.NO_GO, K.GATE_EXPIRED, K.HELD, K.RESUMED,
        K.FROZEN, K.ROLLBACK, K.AMENDED, K.COMPLETED, K.CALLED_OFF,
    ),
    Group.PHASES: (
        K.PLANNED, K.STARTED, K.SHEET, K.PHASE_ENTERED, K.WEIGHT_CONFIRMED, K.SETTLED,
        K.GATE_OPENED, K.RESTORED, K.COMPLETED, K.CALLED_OFF,
    ),
    Group.METRICS: (
        K.VERDICT, K.BASELINE, K.EVIDENCE_PUSHED, K.ALERT_BEGAN, K.ALERT_ENDED, K.TRIPPED,
        K.PARITY_BEGUN, K.PARITY_EQUAL, K.PARITY_DIFFERS,
    ),
    Group.PEOPLE: (
        K.NOTE, K.SIGNED_OFF, K.STEP_TAKEN, K.STEP_RELEASED, K.STEP_COMPLETED, K.NUDGED,
        K.HANDOVER_OFFERED, K.HANDOVER_DECLINED, K.HANDOVER_WITHDRAWN, K.HANDED_OVER,
        K.PINNED, K.UNPINNED,
    ),
    Group.COMMS: (
        K.UPDATE_DRAFTED, K.UPDATE_APPROVED, K.UPDATE_RETURNED, K.UPDATE_PUBLISHED,
        K.UPDATE_OVERDUE,
    ),
    Group.TROUBLE: (
        K.TRIPPED, K.FROZEN, K.HELD, K.ROLLBACK, K.OFFLINE, K.SHIFT_FAILED, K.WEIGHT_UNVERIFIED,
        K.DRIFT, K.DRIFT_GONE, K.REPAIRED, K.TROUBLE, K.TROUBLE_GONE, K.GATE_EXPIRED,
        K.UPDATE_OVERDUE, K.UNWATCHED, K.PARITY_DIFFERS,
    ),
}  # fmt: skip
"""A kind belongs to at least one group; a rollback is a decision, and trouble too."""
