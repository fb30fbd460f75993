"""Connections are kept for those who will use them, and no more."""

from __future__ import annotations

from migrations_app.wire.crew import Crew
from migrations_app.wire.lane import Lane


class Counted(Lane):
    """Counts those that are open."""

    open = 0

    def __init__(self) -> None:
        Counted.open += 1

    def close(self) -> None:
        Counted.open -= 1


def test_writes_that_each_bring_a_connection_leave_no_pile() -> None:
    crew = Crew(2, Counted)
    for _ in range(9):
        crew.give_back(crew.take(fresh=True), sound=True)
    assert Counted.open == 2
    crew.dismiss()
    assert Counted.open == 0
