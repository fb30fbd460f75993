"""Tell a run's story from its timeline alone, and refuse a timeline that no run can have lived.

The state tables are a convenience: everything in them follows from the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migrations_app.domain.errors import Refused, WarroomError
from migrations_app.domain.states import ADDS, State, Verb, rule, spoken
from migrations_app.domain.story import GateStory, Signature, StepStory, Story
from migrations_app.domain.telling import (
    Always,
    Confirmed,
    Delta,
    Entered,
    Opened,
    Planned,
    Signed,
    Stepped,
    telling,
)
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.domain.timeline import Entry

Tell = Callable[[Story, "Entry"], Story]


class Contradiction(WarroomError):
    """Entry `seq` can't follow what was told before it."""

    def __init__(self, seq: int, sentence: str) -> None:
        super().__init__(f"entry {seq}: {sentence}")
        self.seq = seq
        self.sentence = sentence


SAID: dict[Kind, frozenset[Verb]] = {
    Kind.STARTED: frozenset({Verb.START}),
    Kind.CALLED_OFF: frozenset({Verb.CALL_OFF}),
    Kind.SHIFT_FAILED: frozenset({Verb.SHIFT_FAIL}),
    Kind.SETTLED: frozenset({Verb.SETTLE}),
    Kind.STEP_COMPLETED: frozenset({Verb.COMPLETE_STEP}),
    Kind.GATE_OPENED: frozenset({Verb.OPEN_GATE}),
    Kind.SIGNED_OFF: frozenset({Verb.SIGN_OFF}),
    Kind.GO: frozenset({Verb.GO}),
    Kind.ADVANCED: frozenset({Verb.ADVANCE}),
    Kind.NO_GO: frozenset({Verb.NO_GO}),
    Kind.GATE_EXPIRED: frozenset({Verb.EXPIRE}),
    Kind.HELD: frozenset({Verb.HOLD}),
    Kind.RESUMED: frozenset({Verb.RESUME}),
    Kind.FROZEN: frozenset({Verb.FREEZE}),
    Kind.ROLLBACK: frozenset({Verb.ROLL_BACK}),
    Kind.RESTORED: frozenset({Verb.RESTORE}),
    Kind.COMPLETED: frozenset({Verb.COMPLETE, Verb.AUTO_COMPLETE}),
    Kind.AMENDED: frozenset({Verb.AMEND}),
    Kind.NOTE: frozenset({Verb.NOTE}),
    Kind.PINNED: frozenset({Verb.PIN}),
    Kind.UNPINNED: frozenset({Verb.PIN}),
    Kind.STEP_TAKEN: frozenset({Verb.TAKE_STEP}),
    Kind.STEP_RELEASED: frozenset({Verb.TAKE_STEP}),
    Kind.NUDGED: frozenset({Verb.NUDGE}),
    Kind.HANDOVER_OFFERED: frozenset({Verb.HAND_OVER}),
    Kind.HANDOVER_DECLINED: frozenset({Verb.HAND_OVER}),
    Kind.HANDOVER_WITHDRAWN: frozenset({Verb.HAND_OVER}),
    Kind.HANDED_OVER: frozenset({Verb.HAND_OVER}),
    Kind.UPDATE_DRAFTED: frozenset({Verb.DRAFT}),
    Kind.UPDATE_APPROVED: frozenset({Verb.APPROVE}),
    Kind.UPDATE_RETURNED: frozenset({Verb.APPROVE}),
    Kind.UPDATE_PUBLISHED: frozenset({Verb.PUBLISH}),
}
"""The verbs behind an entry of each kind. Every other kind tells a fact, and nobody says a fact."""

UNMOVED = ADDS | {Verb.SIGN_OFF, Verb.COMPLETE_STEP, Verb.TAKE_STEP}
"""Verbs that add to a run without a new revision."""

_CLOSES: dict[Verb, str] = {
    Verb.GO: "go",
    Verb.COMPLETE: "go",
    Verb.ADVANCE: "auto",
    Verb.AUTO_COMPLETE: "auto",
    Verb.NO_GO: "no_go",
    Verb.EXPIRE: "expired",
    Verb.HOLD: "held",
    Verb.FREEZE: "frozen",
    Verb.SHIFT_FAIL: "shift_failed",
    Verb.ROLL_BACK: "rolled_back",
}
"""How the open gate ends when a verb is said."""


def fold(entries: Iterable[Entry]) -> Story:
    """The story of one run; `entries` are all of it, in order. Raises `Contradiction`.

    Whether the entries are the ones that were written is `timeline.verify`'s question.
    """
    story = Story()
    for entry in entries:
        story = follow(story, entry)
    return story


def follow(story: Story, entry: Entry) -> Story:
    """The story after one more entry."""
    try:
        kind, verb = _spoken(entry)
        always = telling(Always, entry)
        after = _changed(story, entry, always.delta)
        _possible(story, after, verb, kind)
        after = replace(after, desired={**after.desired, **always.weights})
        return _told(after, entry, kind, verb)
    except ValidationError as error:
        raise Contradiction(entry.seq, _shapeless(error)) from error
    except (Refused, ValueError) as error:
        raise Contradiction(entry.seq, str(error)) from error


def _shapeless(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"its {'.'.join(map(str, first['loc'])) or 'payload'} is wrong: {first['msg']}"


def _spoken(entry: Entry) -> tuple[Kind, Verb | None]:
    kind = Kind(entry.kind)
    verb = Verb(entry.verb) if entry.verb else None
    allowed = SAID.get(kind)
    if (verb is not None) if allowed is None else (verb not in allowed):
        raise ValueError(f'an entry of kind "{kind}" does not come from "{entry.verb}"')
    return kind, verb


def _changed(story: Story, entry: Entry, delta: Delta) -> Story:
    """The run's own fields, as the entry says it changed them."""
    after = replace(story, **delta.model_dump(exclude_unset=True))
    seen = (after.leg, after.phase, after.revision)
    if seen != (entry.leg, entry.phase, entry.revision):
        raise ValueError(
            f"it was written in leg {entry.leg}, phase {entry.phase}, revision {entry.revision}, "
            f"but the entries up to it lead to leg {seen[0]}, phase {seen[1]}, revision {seen[2]}"
        )
    return after


def _possible(before: Story, after: Story, verb: Verb | None, kind: Kind) -> None:
    """What an entry changes must be what its verb does in that state, and nothing else."""
    state = before.state if verb is None else rule(before.state, verb).to
    if after.state is not state:
        raise ValueError(f"the run can't be {spoken(after.state)} after it: it is {spoken(state)}")
    moved = verb is not None and verb not in UNMOVED
    if after.revision != before.revision + moved:
        raise ValueError(f"revision {after.revision} does not follow {before.revision}")
    resumed = verb is Verb.RESUME and before.state is State.ROLLED_BACK
    if after.leg != before.leg + resumed:
        raise ValueError(f"leg {after.leg} does not follow {before.leg}")
    if after.phase != before.phase and kind is not Kind.PHASE_ENTERED:
        raise ValueError("only entering a phase changes the phase")


def _told(story: Story, entry: Entry, kind: Kind, verb: Verb | None) -> Story:
    if verb in _CLOSES:
        story = _close(story, entry, _CLOSES[verb])
    tell = _TELLS.get(kind)
    return tell(story, entry) if tell else story


def _close(story: Story, entry: Entry, outcome: str) -> Story:
    gates = tuple(
        replace(gate, closed_at=entry.at, outcome=outcome) if gate.closed_at is None else gate
        for gate in story.gates
    )
    return replace(story, gates=gates)


def _planned(story: Story, entry: Entry) -> Story:
    return replace(story, plan_sha256=telling(Planned, entry).plan_sha256)


def _started(story: Story, entry: Entry) -> Story:
    return replace(_planned(story, entry), started_at=entry.at)


def _ended(story: Story, entry: Entry) -> Story:
    return replace(story, ended_at=entry.at)


def _back(story: Story, _: Entry) -> Story:
    """A completed run that is rolled back has not ended after all."""
    return replace(story, ended_at=None)


def _entered(story: Story, entry: Entry) -> Story:
    story = _close(story, entry, "superseded")
    gate = GateStory(story.leg, story.phase, telling(Entered, entry).gate_round)
    return replace(story, phase_entered_at=entry.at, gates=(*story.gates, gate))


def _opened(story: Story, entry: Entry) -> Story:
    deadline = telling(Opened, entry).deadline_at
    opened = replace(_open_gate(story), opened_at=entry.at, deadline_at=deadline)
    return replace(story, gates=(*story.gates[:-1], opened))


def _open_gate(story: Story) -> GateStory:
    if not story.gates or story.gates[-1].closed_at is not None:
        raise ValueError("there is no gate that could be open")
    return story.gates[-1]


def _signed(story: Story, entry: Entry) -> Story:
    gate, told = _open_gate(story), telling(Signed, entry)
    signature = Signature(gate.leg, gate.phase, gate.round, told.user_id, told.role, entry.at)
    return replace(story, sign_offs=(*story.sign_offs, signature))


def _stepped(story: Story, entry: Entry) -> Story:
    name = telling(Stepped, entry).step
    step = StepStory(story.leg, story.phase, name, entry.actor, entry.at)
    return replace(story, steps=(*story.steps, step))


def _confirmed(story: Story, entry: Entry) -> Story:
    told = telling(Confirmed, entry)
    return replace(story, confirmed={**story.confirmed, told.route: told.weight})


_TELLS: dict[Kind, Tell] = {
    Kind.PLANNED: _planned,
    Kind.AMENDED: _planned,
    Kind.STARTED: _started,
    Kind.PHASE_ENTERED: _entered,
    Kind.GATE_OPENED: _opened,
    Kind.SIGNED_OFF: _signed,
    Kind.STEP_COMPLETED: _stepped,
    Kind.WEIGHT_CONFIRMED: _confirmed,
    Kind.ROLLBACK: _back,
    Kind.COMPLETED: _ended,
    Kind.CALLED_OFF: _ended,
}
