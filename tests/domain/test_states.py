"""The table of states: what it allows, what it refuses, and that every state has a way out."""

from __future__ import annotations

import pytest

from migrations_app.domain.errors import Refused
from migrations_app.domain.states import (
    ENDED,
    ENGINE,
    LIVE,
    TABLE,
    WATCHED,
    WHO,
    State,
    Verb,
    rule,
)


def test_every_wrong_verb_is_refused_with_a_sentence() -> None:
    for state in State:
        for verb in set(Verb) - {said for at, said in TABLE if at is state}:
            with pytest.raises(Refused, match=r"You can't .+ while the run is .+\.") as refused:
                rule(state, verb)
            assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("state", sorted(LIVE | {State.COMPLETED}))
def test_roll_back_is_possible_wherever_something_may_have_moved(state: State) -> None:
    assert rule(state, Verb.ROLL_BACK).to is State.ROLLING_BACK


@pytest.mark.parametrize("state", sorted({State.PLANNED, State.CALLED_OFF}))
def test_where_nothing_can_have_moved_there_is_nothing_to_roll_back(state: State) -> None:
    with pytest.raises(Refused):
        rule(state, Verb.ROLL_BACK)


def test_only_roll_back_and_freeze_come_from_an_old_screen() -> None:
    moving = {
        verb for (state, verb), found in TABLE.items() if found.stale_ok and found.to != state
    }
    assert moving == {Verb.ROLL_BACK, Verb.FREEZE}


def test_nothing_leads_forward_out_of_a_rollback_but_a_resume() -> None:
    forward = {State.SHIFTING, State.BAKING, State.GATE, State.COMPLETED}
    for (state, verb), found in TABLE.items():
        if state in {State.ROLLING_BACK, State.ROLLED_BACK} and found.to in forward:
            assert (state, verb) == (State.ROLLED_BACK, Verb.RESUME)


def test_go_leads_out_of_an_open_gate_only() -> None:
    assert {state for state, verb in TABLE if verb in {Verb.GO, Verb.ADVANCE}} == {State.GATE}


def test_every_state_that_is_not_the_end_can_be_left_by_a_person() -> None:
    for state in set(State) - ENDED:
        exits = {
            verb for (at, verb), found in TABLE.items() if at is state and found.to is not state
        }
        assert exits - ENGINE or state is State.ROLLING_BACK


def test_abort_criteria_act_in_live_states_only() -> None:
    assert WATCHED < LIVE
    assert all((state, Verb.FREEZE) in TABLE for state in WATCHED)


def test_every_verb_a_person_may_say_names_its_roles() -> None:
    assert set(WHO) == set(Verb) - ENGINE
    assert all(WHO.values())
