"""The roles of a war room. One definition for plans, access and gates."""

from enum import StrEnum


class Role(StrEnum):
    """Held per migration, by a person, with backups. `observer` watches and decides nothing."""

    DRI = "dri"
    COMMS_LEAD = "comms_lead"
    DATABASE = "database"
    INFRASTRUCTURE = "infrastructure"
    OBSERVER = "observer"
