"""The closed vocabularies of updates and status pages. Every word has an icon beside it."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who reads an update."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Draft(StrEnum):
    """How far an update has come. Published and dropped are the ends."""

    DRAFT = "draft"
    WAITING = "waiting"  # for the DRI's yes
    APPROVED = "approved"
    PUBLISHED = "published"
    DROPPED = "dropped"


class Impact(StrEnum):
    """How a component does, best first."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def severity(self) -> int:
        """0 is best."""
        return list(Impact).index(self)

    @property
    def label(self) -> str:
        return _IMPACTS[self][0]

    @property
    def icon(self) -> str:
        return _IMPACTS[self][1]


_IMPACTS = {
    Impact.OPERATIONAL: ("Operational", "✔"),
    Impact.MAINTENANCE: ("Under maintenance", "◐"),
    Impact.DEGRADED: ("Degraded", "▽"),
    Impact.PARTIAL_OUTAGE: ("Partial outage", "▼"),
    Impact.MAJOR_OUTAGE: ("Major outage", "✖"),
}


class Stage(StrEnum):
    """Where the whole of it is, as the world is told. Verifying: the work is done and watched."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"
    CALLED_OFF = "called_off"

    @property
    def label(self) -> str:
        return _STAGES[self][0]

    @property
    def icon(self) -> str:
        return _STAGES[self][1]

    @property
    def over(self) -> bool:
        """Whether nothing more is promised."""
        return self in {Stage.COMPLETED, Stage.ROLLED_BACK, Stage.CALLED_OFF}


_STAGES = {
    Stage.SCHEDULED: ("Scheduled", "○"),
    Stage.IN_PROGRESS: ("In progress", "◐"),
    Stage.VERIFYING: ("Verifying", "◔"),
    Stage.COMPLETED: ("Completed", "✔"),
    Stage.ROLLED_BACK: ("Rolled back", "◀"),
    Stage.CALLED_OFF: ("Called off", "⊘"),
}


def worst(impacts: list[Impact]) -> Impact:
    """The one that counts for the whole page; operational where there is none."""
    return max(impacts, key=lambda one: one.severity, default=Impact.OPERATIONAL)
