"""Whom the database has not been told of lately, of all those who are connected to this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrations_app.domain.presence import SAID_EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Here = tuple[int, int]

ROUND_S = SAID_EVERY.total_seconds()


@dataclass(eq=False)
class Attendance:
    """`Here` is a run and a person before it, however many windows they have open.

    Everybody is told of once a round; who comes in between is told of at once. Times are monotonic.
    """

    _told: set[Here] = field(default_factory=set)
    _new: set[Here] = field(default_factory=set)
    _round_at: float = float("-inf")

    def came(self, one: Here) -> None:
        """Somebody opened a stream."""
        if one not in self._told:
            self._new.add(one)

    def due(self, everybody: Callable[[], Iterable[Here]], now: float) -> set[Here]:
        """Whom to tell of now; from here on they count as told of."""
        if now - self._round_at >= ROUND_S:
            self._round_at, self._told = now, set(everybody())
            told = self._told
        else:
            told = self._new
            self._told = self._told | told
        self._new = set()
        return set(told)

    def lost(self) -> None:
        """What was due could not be told: the next round begins at once."""
        self._round_at = float("-inf")
