"""All that is known of a drill from the outside, as the laws want to see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrations_app.domain.invariants import broken
from migrations_app.domain.invariants.night import Looked, Night, Tried, Write
from migrations_app.domain.plan.bind import BoundPlan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import LiteralString

    from migrations_app.domain.invariants.night import Answer
    from tests.faults.drill import Drill

TRIED: LiteralString = """
SELECT r.name, a.weight, a.began_at, a.outcome, f.closed_at FROM migrations_app_attempt a
  JOIN migrations_app_route r ON r.id = a.route_id
  LEFT JOIN migrations_app_flip f ON f.id = a.flip_id
 WHERE r.run_id = %s ORDER BY a.id
"""
LOOKED: LiteralString = "SELECT check_name, at FROM migrations_app_reading WHERE run_id = %s"


def night_of(drill: Drill, answers: Sequence[Answer] = ()) -> Night:
    """Once all is quiet. The planes' own logs are the ground truth."""
    document = drill.export()
    writes = [
        Write(route, one.weight, datetime.fromtimestamp(one.at or 0, UTC))
        for route in drill.routes
        for one in drill.written(route)
        if one.pid is not None
    ]
    return Night(
        entries=[one.entry() for one in document.entries],
        plan=BoundPlan.from_snapshot(document.plan),
        head=document.head_hash,
        writes=writes,
        tried=[Tried(*row) for row in drill.house.ask(TRIED, drill.run)],
        answers=answers,
        looked=[Looked(*row) for row in drill.house.ask(LOOKED, drill.run)],
        planes={route: drill.plane(route).state().weight for route in drill.routes},
    )


def assert_lawful(drill: Drill, answers: Sequence[Answer] = ()) -> None:
    """Every law holds, and the tables hold what the timeline tells."""
    wrong = broken(night_of(drill, answers))
    assert wrong == [], "\n".join([*(f"{one.law}: {one.sentence}" for one in wrong), drill.told()])
    assert drill.house.desk.verify(drill.run) == ""
