"""Who holds what in a migration."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A duty in a migration. Several people may share one: the first holds it, the rest back up."""

    DRI = "dri"
    COMMS_LEAD = "comms_lead"
    DATABASE = "database"
    INFRASTRUCTURE = "infrastructure"
    OBSERVER = "observer"
