"""When it will be done: promised while the clock decides, and never in the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.arrival import arrival
from migrations_app.domain.states import State

START = datetime(2026, 11, 21, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

spans = st.timedeltas(timedelta(0), timedelta(hours=5))
states = st.sampled_from(State)


@given(states, st.lists(spans, min_size=1, max_size=8), st.data(), spans)
def test_a_moment_that_is_promised_lies_ahead(
    state: State, expected: list[timedelta], data: st.DataObject, gone: timedelta
) -> None:
    phase = data.draw(st.integers(-1, len(expected) - 1))
    entered = START if phase >= 0 else None
    found = arrival(state, expected, phase, entered, START + gone)
    if found is None:
        assert state not in {State.PLANNED, State.GATE}
        return
    assert timedelta(0) <= found.left <= sum(expected, timedelta(0))
    if found.at is not None:
        assert found.at >= START + gone
        assert found.at - START == sum(expected[phase:], timedelta(0))


@given(st.lists(spans, min_size=1, max_size=8), spans, spans)
def test_it_stays_the_same_while_all_goes_as_planned(
    expected: list[timedelta], earlier: timedelta, later: timedelta
) -> None:
    """Or everybody who watches would be sent it anew with every tick."""
    seen = {arrival(State.BAKING, expected, 0, START, START + gone)
            for gone in (earlier, later) if gone <= expected[0]}  # fmt: skip
    assert len(seen) <= 1


def test_a_phase_that_takes_longer_than_planned_promises_only_the_rest() -> None:
    expected = [5 * MINUTE, 10 * MINUTE]
    found = arrival(State.BAKING, expected, 0, START, START + 6 * MINUTE)
    assert found is not None
    assert (found.at, found.left) == (None, 10 * MINUTE)


def test_nobody_can_say_while_people_decide_how_it_goes_on() -> None:
    for state in (State.HELD, State.FROZEN, State.ROLLING_BACK, State.ROLLED_BACK):
        assert arrival(state, [MINUTE], 0, START, START) is None
