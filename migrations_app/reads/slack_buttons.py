"""What can be pressed below a run's live message now, and what a pressed button was about.

A button holds the run and the revision it was drawn for, sealed with our key: whoever has the
app's token can't make one up. Seeing it grants nothing; roles are asked for at the click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.signing import BadSignature, Signer

from migrations_app.domain.message import Button, Confirm, Look
from migrations_app.domain.plan.environment import EnvironmentKind
from migrations_app.domain.states import TABLE, State, Verb
from migrations_app.models import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.plan.schema import Plan
    from migrations_app.models import Run

OPEN: Final = "open"
_SALT: Final = "warroom.slack.button"
_DONE: Final = frozenset({State.ROLLING_BACK, State.ROLLED_BACK})


@dataclass(frozen=True, slots=True)
class About:
    """What a button or a form was drawn for. `evaluation`: epoch milliseconds, None unless the
    evidence itself stood there."""

    run_id: int
    revision: int
    evaluation: int | None = None


def sealed(about: About, verb: Verb) -> str:
    """A button's value. The same for the same, so that an unchanged message is not sent again."""
    said = [verb.value, about.run_id, about.revision, about.evaluation]
    return Signer(salt=_SALT).sign_object(said)


def unsealed(value: str, verb: Verb) -> About | None:
    """What a value was made for; None if we did not make it, or made it for another verb."""
    try:
        said, *about = Signer(salt=_SALT).unsign_object(value)
    except (BadSignature, ValueError):
        return None
    return About(*about) if said == verb.value else None


def rows(run: Run, plan: Plan, room: str) -> tuple[tuple[Button, ...], ...]:
    """The buttons that make sense now; Go stands apart from the two that stop.

    None at all where nobody could tell a press from a forgery: without a signing secret.
    """
    if not settings.WARROOM_SLACK_SIGNING_SECRETS:
        return ()
    state = State(run.state)
    stopping = tuple(_stopping(run, plan, state))
    return tuple(row for row in ((*_going(run, plan, state, room),), stopping) if row)


def verb_of(run: Run, plan: Plan) -> Verb:
    """What Go means at this gate."""
    return Verb.COMPLETE if run.phase + 1 >= len(plan.phases) else Verb.GO


def only_in_room(run: Run, plan: Plan) -> str:
    """Why going forward takes the room itself: something is typed or proved there. Or empty."""
    if run.kind == EnvironmentKind.PRODUCTION:
        return "Going forward in production takes a fresh proof of who says it"
    ahead = plan.phases[run.phase + 1 : run.phase + 2]
    if ahead and ahead[0].point_of_no_return:
        return "The next phase lies past the point of no return, and its name is typed"
    return ""


def _going(run: Run, plan: Plan, state: State, room: str) -> Iterator[Button]:
    verb = verb_of(run, plan)
    if (state, verb) not in TABLE:
        return
    label = "Go: complete the run…" if verb is Verb.COMPLETE else "Go…"
    if only_in_room(run, plan):
        yield Button(OPEN, "Go: in the room ↗", link=room, look=Look.PRIMARY)
    else:
        yield Button(verb.value, label, _value(run, verb), look=Look.PRIMARY)


def _stopping(run: Run, plan: Plan, state: State) -> Iterator[Button]:
    if (state, Verb.NO_GO) in TABLE:
        yield Button(Verb.NO_GO.value, "No-Go: hold…", _value(run, Verb.NO_GO))
    if (state, Verb.ROLL_BACK) in TABLE and state not in _DONE:
        back = _value(run, Verb.ROLL_BACK)
        yield Button(Verb.ROLL_BACK.value, "Roll back", back, look=Look.DANGER,
                     confirm=_confirm(run, plan))  # fmt: skip


def _confirm(run: Run, plan: Plan) -> Confirm:
    passed = any(phase.point_of_no_return for phase in plan.phases[: run.phase + 1])
    if passed:
        text = (
            "This run is past the point of no return. Its weights are frozen where they are; "
            "to go back anyway, type the phase's name in the room."
        )
        return Confirm("Past the point of no return", text, "Freeze the weights", "Leave it")
    titles = Route.objects.filter(run=run).order_by("rank", "position")
    named = ", ".join(titles.values_list("title", flat=True))
    return Confirm("Roll back now?", f"Back to BLUE, at once: {named}.", "Roll back", "Leave it")


def _value(run: Run, verb: Verb) -> str:
    return sealed(About(run.pk, run.revision), verb)
