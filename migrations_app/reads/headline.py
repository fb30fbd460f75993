"""The one message that always says where a run is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from migrations_app.domain.message import Message, Style, Tone
from migrations_app.domain.states import State, spoken
from migrations_app.models import Check, Route, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.gate import gate_view
from migrations_app.reads.plans import plan_of
from migrations_app.reads.slack_buttons import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOUD = {State.ROLLING_BACK: Tone.ALARM, State.FROZEN: Tone.ALARM, State.HELD: Tone.NOTICE,
         State.GATE: Tone.NOTICE}  # fmt: skip


def live_message(run: Run, channel: str, anchor: str) -> Message:
    """Where the run is now, for the pinned message of a channel."""
    plan = plan_of(run).plan
    state = State(run.state)
    return Message(
        key=f"{run.pk}:live:{channel}",
        style=Style.LIVE,
        tone=_LOUD.get(state, Tone.CALM),
        headline=f"{plan.title} · {run.environment} · {spoken(state).upper()}",
        lines=tuple(_lines(run, state)),
        facts=tuple(_facts(run, len(plan.phases))),
        link=room_url(run),
        anchor=anchor or None,
        rows=rows(run, plan, room_url(run)),
    )


def room_url(run: Run) -> str:
    """Where the room of a run is."""
    return f"{settings.WARROOM_URL}/runs/{run.pk}/"


def _lines(run: Run, state: State) -> Iterable[str]:
    if run.why:
        yield run.why
    if state is State.GATE:
        yield from _waiting(run)
    bad = Check.objects.filter(run=run).exclude(status="PASS")
    if state not in {State.ROLLED_BACK, State.COMPLETED, State.CALLED_OFF}:
        yield from (f"{check.status} · {check.sentence}" for check in bad[:5])


_BY_PEOPLE = frozenset({"sign_off", "four_eyes", "step"})


def _waiting(run: Run) -> Iterable[str]:
    """Whom Go waits for. The checks it waits for are told by themselves."""
    view = gate_view(run, db_now())
    needs = view.needs if view else ()
    if said := "; ".join(need.sentence for need in needs if need.code in _BY_PEOPLE):
        yield f"Go waits for: {said}."
    elif not needs:
        yield "Nothing is missing: Go waits for whoever decides."


def _facts(run: Run, phases: int) -> Iterable[tuple[str, str]]:
    if run.phase >= 0:
        name = plan_of(run).plan.phases[run.phase].name
        yield "Phase", f"{run.phase + 1}/{phases} {name}"
    for route in Route.objects.filter(run=run):
        seen = (
            "not read yet" if route.observed is None else f"{route.observed.normalize():f} % GREEN"
        )
        yield route.title, seen
