"""Where a run stands: how far it is, how late, what it waits for, and whether that is you."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.comms.cadence import Told as ToldUpdate
from migrations_app.domain.comms.cadence import due_at
from migrations_app.domain.owing import Chair, owed
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import LIVE, State
from migrations_app.reads.plans import plan_of
from migrations_app.reads.room.waiting import Manned, Told, waits
from migrations_app.reads.runs.gates import dri_of, gate_of, steps_of
from migrations_app.reads.runs.pace import Pace, pace
from migrations_app.reads.runs.view import RunView, run_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrations_app.domain.owing import Waits
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Membership, Run
    from migrations_app.reads.room.gate import GateBox
    from migrations_app.reads.runs.kept import Kept

_FEW = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A run that is live or planned. `green`: its share now, empty before the first read.

    `waits`: what it waits for in one line, `until` when, where a clock says so. `yours`: what it
    waits for from this person.
    """

    run: RunView
    dri: str
    green: str
    pace: Pace
    waits: str
    until: datetime | None
    yours: tuple[str, ...]


def standing(run: Run, kept: Kept, user_id: int, now: datetime) -> Standing:
    """Where `run` stands at `now`, for one person."""
    bound = plan_of(run)
    gate = gate_of(run, bound, kept, now)
    members = kept.members.get(run.migration_id, ())
    waiting = _waits(run, bound, kept, gate, now)
    walk = pace(run, bound, now)
    return Standing(
        run=run_view(run),
        dri=dri_of(run, kept),
        green=_green(run, kept),
        pace=walk,
        waits=_line(State(run.state), gate, dri_of(run, kept) or "a DRI"),
        until=walk.hold_until,
        yours=_yours(State(run.state), members, waiting, user_id),
    )


def _waits(run: Run, bound: BoundPlan, kept: Kept, gate: GateBox | None, now: datetime) -> Waits:
    held = [row for row in kept.members.get(run.migration_id, ()) if not row.backup]
    deciders = [row.user.get_username() for row in held if row.role == Role.DRI]
    manned = Manned(deciders, set(Role) - {Role(row.role) for row in held})
    told = Told(now, kept.offers.get(run.migration_id, ()), _promised(run, bound, kept))
    return waits(run, gate, steps_of(run, bound, kept, now), told, manned)


def _promised(run: Run, bound: BoundPlan, kept: Kept) -> datetime | None:
    if State(run.state) not in LIVE:
        return None
    newest = next(iter(kept.told.get(run.pk, ())), None)
    told = None
    if newest is not None:
        told = ToldUpdate(newest.published_at or newest.created_at, newest.next_at)
    return due_at(run.started_at, told, bound.plan.comms.cadence)


def _yours(
    state: State, members: Sequence[Membership], waiting: Waits, user_id: int
) -> tuple[str, ...]:
    mine = [row for row in members if row.user_id == user_id]
    said = ["the start"] if state is State.PLANNED and any(_leads(row) for row in mine) else []
    for at, row in enumerate(mine):
        chair = Chair(row.user.get_username(), Role(row.role), row.backup, at == 0)
        said += [one.what for one in owed(chair, waiting) if not one.standing_in]
    return tuple(dict.fromkeys(said))


def _leads(row: Membership) -> bool:
    return row.role == Role.DRI and not row.backup


def _line(state: State, gate: GateBox | None, dri: str) -> str:
    """What comes next and by whom, or what is missing for it, in a few words."""
    if state is State.GATE and gate is not None:
        said = [need.sentence for need in gate.needs]
        more = f", and {len(said) - _FEW} more" if len(said) > _FEW else ""
        return "; ".join(said[:_FEW]) + more if said else f"{dri} decides: Go or No-Go"
    return _LINES.get(state, "").format(dri=dri)


_LINES = {
    State.PLANNED: "{dri} starts it",
    State.SHIFTING: "its weights are on their way",
    State.BAKING: "its hold is over",
    State.HELD: "{dri} resumes it, or it goes back",
    State.FROZEN: "{dri} resumes it, or it goes back by name",
    State.ROLLING_BACK: "every route is being read back on BLUE",
    State.ROLLED_BACK: "{dri} resumes it, or calls it off",
}


def _green(run: Run, kept: Kept) -> str:
    """`25 %`, or `5 to 25 %` where the routes differ."""
    seen = sorted(
        route.observed for route in kept.routes.get(run.pk, ()) if route.observed is not None
    )
    if not seen:
        return ""
    low, high = (f"{weight.normalize():f}" for weight in (seen[0], seen[-1]))
    return f"{low} %" if low == high else f"{low} to {high} %"
