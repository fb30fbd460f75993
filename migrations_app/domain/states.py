"""The run's state machine: one enum of states, one of verbs, one table. Nothing else decides.

A pair that is not in the table is refused with a sentence; there is no silent no-op.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role


class State(StrEnum):
    """Where a run is. States are participles; verbs are what people and the engine do."""

    PLANNED = "planned"
    SHIFTING = "shifting"  # a phase was entered, its weights are on their way
    BAKING = "baking"  # weights are confirmed, the hold is running
    GATE = "gate"  # the hold is over, the gate is open
    HELD = "held"  # stopped where it is, by a person or by the engine
    FROZEN = "frozen"  # tripped past the point of no return: weights stay, people decide
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    COMPLETED = "completed"
    CALLED_OFF = "called_off"


class Verb(StrEnum):
    """What can happen to a run."""

    START = "start"
    CALL_OFF = "call_off"
    COMPLETE_STEP = "complete_step"
    SIGN_OFF = "sign_off"
    GO = "go"
    NO_GO = "no_go"
    RESUME = "resume"
    ROLL_BACK = "roll_back"
    COMPLETE = "complete"
    AMEND = "amend"
    NOTE = "note"
    PIN = "pin"
    TAKE_STEP = "take_step"
    NUDGE = "nudge"
    HAND_OVER = "hand_over"
    DRAFT = "draft"  # write an update, or change one that is not published
    APPROVE = "approve"  # let a public update out, or send it back
    PUBLISH = "publish"
    # the engine's own
    SETTLE = "settle"
    SHIFT_FAIL = "shift_fail"
    OPEN_GATE = "open_gate"
    EXPIRE = "expire"
    ADVANCE = "advance"
    AUTO_COMPLETE = "auto_complete"
    HOLD = "hold"
    FREEZE = "freeze"
    RESTORE = "restore"


S, V = State, Verb

LIVE = frozenset({S.SHIFTING, S.BAKING, S.GATE, S.HELD, S.FROZEN, S.ROLLING_BACK, S.ROLLED_BACK})
"""A migration has at most one live run per environment."""

WATCHED = frozenset({S.SHIFTING, S.BAKING, S.GATE, S.HELD})
"""Abort criteria act in these states."""

ENDED = frozenset({S.COMPLETED, S.CALLED_OFF})

ENGINE = frozenset(
    {
        V.SETTLE,
        V.SHIFT_FAIL,
        V.OPEN_GATE,
        V.EXPIRE,
        V.ADVANCE,
        V.AUTO_COMPLETE,
        V.HOLD,
        V.FREEZE,
        V.RESTORE,
    }
)
"""Verbs that no person can say; the engine may say any verb of its own and roll back."""

_DECIDERS = frozenset({Role.DRI})
_STOPPERS = frozenset({Role.DRI, Role.INFRASTRUCTURE, Role.DATABASE})
_WRITERS = frozenset({Role.DRI, Role.COMMS_LEAD})
_TEAM = frozenset({Role.DRI, Role.COMMS_LEAD, Role.DATABASE, Role.INFRASTRUCTURE})

WHO: dict[Verb, frozenset[Role]] = {
    V.START: _DECIDERS,
    V.CALL_OFF: _DECIDERS,
    V.COMPLETE_STEP: _TEAM,
    V.SIGN_OFF: _TEAM,
    V.GO: _DECIDERS,
    V.NO_GO: _STOPPERS,
    V.RESUME: _DECIDERS,
    V.ROLL_BACK: _STOPPERS,
    V.COMPLETE: _DECIDERS,
    V.AMEND: _DECIDERS,
    V.NOTE: _TEAM,
    V.PIN: _TEAM,
    V.TAKE_STEP: _TEAM,
    V.NUDGE: _TEAM,
    V.HAND_OVER: _TEAM,
    V.DRAFT: _WRITERS,
    V.APPROVE: _DECIDERS,
    V.PUBLISH: _WRITERS,
}
"""Which roles may say a verb. Stopping is open to more people than going on."""

DECISIONS = frozenset({V.START, V.CALL_OFF, V.GO, V.RESUME, V.COMPLETE, V.AMEND, V.APPROVE})
"""Verbs of whoever holds the role: who backs it up says them once the role is theirs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`to` is the state after the verb. `stale_ok`: an old screen may still say it."""

    to: State
    stale_ok: bool = False


_BACK = Rule(S.ROLLING_BACK, stale_ok=True)

TABLE: dict[tuple[State, Verb], Rule] = {
    (S.PLANNED, V.START): Rule(S.SHIFTING),
    (S.PLANNED, V.CALL_OFF): Rule(S.CALLED_OFF),
    (S.SHIFTING, V.SETTLE): Rule(S.BAKING),
    (S.SHIFTING, V.SHIFT_FAIL): Rule(S.HELD),
    (S.BAKING, V.OPEN_GATE): Rule(S.GATE),
    (S.GATE, V.SIGN_OFF): Rule(S.GATE),
    (S.GATE, V.GO): Rule(S.SHIFTING),
    (S.GATE, V.ADVANCE): Rule(S.SHIFTING),
    (S.GATE, V.COMPLETE): Rule(S.COMPLETED),
    (S.GATE, V.AUTO_COMPLETE): Rule(S.COMPLETED),
    (S.GATE, V.EXPIRE): Rule(S.HELD),
    (S.HELD, V.RESUME): Rule(S.SHIFTING),
    (S.FROZEN, V.RESUME): Rule(S.SHIFTING),
    (S.ROLLED_BACK, V.RESUME): Rule(S.SHIFTING),
    (S.ROLLED_BACK, V.CALL_OFF): Rule(S.CALLED_OFF),
    (S.FROZEN, V.ROLL_BACK): _BACK,
    (S.COMPLETED, V.ROLL_BACK): _BACK,
    (S.ROLLING_BACK, V.ROLL_BACK): _BACK,
    (S.ROLLED_BACK, V.ROLL_BACK): _BACK,
    (S.ROLLING_BACK, V.RESTORE): Rule(S.ROLLED_BACK),
}
for _state in WATCHED:
    TABLE[_state, V.ROLL_BACK] = _BACK
    TABLE[_state, V.FREEZE] = Rule(S.FROZEN, stale_ok=True)
    TABLE[_state, V.COMPLETE_STEP] = Rule(_state)
    if _state is not S.HELD:
        TABLE[_state, V.NO_GO] = Rule(S.HELD)
        TABLE[_state, V.HOLD] = Rule(S.HELD)
for _state in LIVE | {S.PLANNED}:
    TABLE[_state, V.AMEND] = Rule(_state)
ADDS = frozenset({V.NOTE, V.PIN, V.NUDGE, V.HAND_OVER, V.DRAFT, V.APPROVE, V.PUBLISH})
"""Verbs that add to the timeline and move nothing: any state, any screen."""

for _state in State:
    for _verb in ADDS:
        TABLE[_state, _verb] = Rule(_state, stale_ok=True)
    if _state not in ENDED:
        TABLE[_state, V.TAKE_STEP] = Rule(_state, stale_ok=True)

_INSTEAD: dict[State, str] = {
    S.PLANNED: "It has not started: start it, or call it off.",
    S.SHIFTING: "Its weights are still moving: wait until they are confirmed.",
    S.BAKING: "Its hold is still running: wait until the gate opens.",
    S.GATE: "Its gate is open: Go, No-Go or roll back.",
    S.HELD: "It is held: resume it, or roll it back.",
    S.FROZEN: "It is frozen past the point of no return: resume it, or roll it back by name.",
    S.ROLLING_BACK: "It is rolling back: wait until every route is confirmed on BLUE.",
    S.ROLLED_BACK: "It was rolled back: resume it at a phase, or call it off.",
    S.COMPLETED: "It is completed.",
    S.CALLED_OFF: "It was called off: plan a new run.",
}


def spoken(word: State | Verb | str) -> str:
    """`roll_back` as people say it: `roll back`; Go and No-Go keep their capitals."""
    return {"go": "Go", "no_go": "No-Go"}.get(str(word), str(word).replace("_", " "))


def rule(state: State, verb: Verb) -> Rule:
    """The rule for saying `verb` in `state`; raises `Refused("wrong_state")` if there is none."""
    found = TABLE.get((state, verb))
    if found is None:
        raise Refused(
            "wrong_state",
            f"You can't {spoken(verb)} while the run is {spoken(state)}. {_INSTEAD[state]}",
        )
    return found
