"""Something to measure."""

from __future__ import annotations

from migrations_app.actions import rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor.beat import beat
from tests.build import at_gate, confirm_all, phase


def rolled_back() -> int:
    """A run that went back, and a poller that was seen."""
    beat("poller")
    made = at_gate(phases=[phase("half", 50), phase("all", 100)])
    rollback.latch(made.run_id, made.lee, Back(reason="sick"))
    rollback.write_down(made.run_id)
    confirm_all(made.run_id)
    return made.run_id
