"""The error tree. Every error carries a sentence that tells a person what to do."""

from __future__ import annotations


class WarroomError(Exception):
    """Root of everything Warroom raises on purpose."""


class Refused(WarroomError):
    """A verb that may not happen now.

    `code` is stable for machines (`stale`, `not_allowed`, `wrong_state`, `checks`, …);
    the message is for people and says what would make it possible.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ConfigError(WarroomError):
    """A driver, source or channel was configured wrongly; `path` names the key."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class SeamError(WarroomError):
    """Something outside did not do what was asked."""


class Transient(SeamError):
    """It did not happen, or repeating it is harmless; the same call may work later.

    `retry_after` in seconds, when told.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(SeamError):
    """It did not happen and the same call never will; a person has to change something."""


class Conflict(SeamError):
    """Somebody else moved it since we read it (compare-and-set failed). Nothing was written."""


class UnknownOutcome(SeamError):
    """It may or may not have happened (timeout, dropped connection). Read back before retrying."""
