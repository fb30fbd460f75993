"""What the practice range says when it can't go on."""

from __future__ import annotations

from migrations_app.domain.errors import WarroomError


class PracticeError(WarroomError):
    """The range can't start or go on here; the message says what a person can do about it."""
