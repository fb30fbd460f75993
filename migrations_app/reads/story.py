"""A run's story as the state tables hold it, and its timeline as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.plan.bind import digest
from migrations_app.domain.states import State
from migrations_app.domain.story import GateStory, Signature, StepStory, Story
from migrations_app.models import Event, Flip, Gate, Route, SignOff, StepDone
from migrations_app.reads.timeline import as_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.timeline import Entry
    from migrations_app.models import Run

_AT_ONCE = 2000


def entries_of(run_id: int) -> Iterator[Entry]:
    """Every entry of a run's timeline in order, a few thousand in memory at a time."""
    events = Event.objects.filter(run_id=run_id).order_by("seq")
    return (as_entry(event) for event in events.iterator(chunk_size=_AT_ONCE))


def story_of(run: Run) -> Story:
    """What the tables say of `run`. Equal to the fold of its timeline, or something was edited."""
    return Story(
        state=State(run.state),
        leg=run.leg,
        phase=run.phase,
        revision=run.revision,
        why=run.why,
        settled_at=run.settled_at,
        hold_from=run.hold_from,
        phase_entered_at=run.phase_entered_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        plan_sha256=digest(run.plan) if run.seq else "",
        desired=dict(Route.objects.filter(run=run).values_list("name", "desired")),
        confirmed=_confirmed(run),
        gates=tuple(_gates(run)),
        sign_offs=tuple(_sign_offs(run)),
        steps=tuple(_steps(run)),
    )


def _confirmed(run: Run) -> dict[str, Decimal]:
    """What each route was last read back at, as asked for; later confirmations replace earlier."""
    confirmed = Flip.objects.filter(route__run=run, confirmed_at__isnull=False)
    return dict(confirmed.order_by("confirmed_at", "id").values_list("route__name", "weight"))


def _gates(run: Run) -> Iterator[GateStory]:
    for gate in Gate.objects.filter(run=run).order_by("id"):
        yield GateStory(
            gate.leg,
            gate.phase,
            gate.round,
            gate.opened_at,
            gate.deadline_at,
            gate.closed_at,
            gate.outcome,
        )


def _sign_offs(run: Run) -> Iterator[Signature]:
    signed = SignOff.objects.filter(gate__run=run).select_related("gate").order_by("id")
    for one in signed:
        gate = one.gate
        yield Signature(gate.leg, gate.phase, gate.round, one.user_id, one.role, one.at)


def _steps(run: Run) -> Iterator[StepStory]:
    for step in StepDone.objects.filter(run=run).order_by("id"):
        yield StepStory(step.leg, step.phase, step.name, step.by, step.at)
