"""What holding a role and backing it up let one say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.plan.people import Role
from migrations_app.domain.seats import Seats
from migrations_app.domain.states import DECISIONS, ENGINE, WHO, Verb

ROLES = st.frozensets(st.sampled_from(Role))


@given(ROLES, ROLES, st.sampled_from(Verb))
def test_a_refusal_has_a_sentence_and_a_permission_has_none(
    holds: frozenset[Role], backs_up: frozenset[Role], verb: Verb
) -> None:
    seats = Seats(holds, backs_up - holds)
    assert (seats.why_not(verb) is None) is seats.may(verb)


@given(ROLES, ROLES, st.sampled_from(Verb))
def test_backing_up_adds_nothing_to_a_decision_and_everything_to_the_rest(
    holds: frozenset[Role], backs_up: frozenset[Role], verb: Verb
) -> None:
    alone, helped = Seats(holds), Seats(holds, backs_up - holds)
    if verb in DECISIONS:
        assert helped.may(verb) is alone.may(verb)
    else:
        assert helped.may(verb) is Seats(holds | backs_up).may(verb)


def test_who_backs_up_the_dri_stops_a_run_and_does_not_lead_it() -> None:
    backup = Seats(backs_up=frozenset({Role.DRI}))
    assert {verb for verb in Verb if verb in WHO and not backup.may(verb)} == DECISIONS
    assert backup.may(Verb.NO_GO)
    assert backup.may(Verb.ROLL_BACK)
    assert "You back up the dri" in str(backup.why_not(Verb.GO))


def test_every_verb_that_only_the_dri_says_is_a_decision() -> None:
    assert {verb for verb, who in WHO.items() if who == {Role.DRI}} == DECISIONS


@given(ROLES, st.sampled_from(sorted(ENGINE)))
def test_nobody_says_what_is_the_engines(holds: frozenset[Role], verb: Verb) -> None:
    assert not Seats(holds).may(verb)
    assert "none" in str(Seats(holds).why_not(verb))
