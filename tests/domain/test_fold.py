"""The story that follows from a timeline, and timelines that no run can have lived."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from migrations_app.domain.fold import SAID, Contradiction, fold, follow
from migrations_app.domain.states import TABLE, State, Verb
from migrations_app.domain.story import Story, differences
from migrations_app.domain.timeline import Entry, Kind
from tests.domain.chronicle import ADDS_ONLY, KINDS, SILENT, Chronicle

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHTS = st.integers(0, 100)


class Night(RuleBasedStateMachine):
    """Any night the table allows is told by its timeline alone."""

    def __init__(self) -> None:
        super().__init__()
        self.chronicle = Chronicle()

    @rule(verb=st.sampled_from(Verb), weight=WEIGHTS)
    def say(self, verb: Verb, weight: int) -> None:
        if self.chronicle.can(verb):
            self.chronicle.say(verb, weight)

    @precondition(lambda self: self.chronicle.desired)
    @rule(route=st.sampled_from(["web", "db"]), weight=WEIGHTS)
    def confirm(self, route: str, weight: int) -> None:
        self.chronicle.confirm(route, Decimal(weight))

    @rule(kind=st.sampled_from([Kind.VERDICT, Kind.DRIFT, Kind.TROUBLE, Kind.EVIDENCE_PUSHED]))
    def tell_a_fact(self, kind: Kind) -> None:
        self.chronicle.write(kind, check="errors")

    @invariant()
    def the_timeline_alone_tells_where_the_run_is(self) -> None:
        told, chronicle = fold(self.chronicle.entries), self.chronicle
        own = {name: getattr(told, name) for name in chronicle.run}
        assert own == chronicle.run
        assert (told.desired, told.confirmed) == (chronicle.desired, chronicle.confirmed)
        assert [gate.outcome for gate in told.gates] == chronicle.outcomes
        assert (len(told.sign_offs), len(told.steps)) == (chronicle.signed, chronicle.steps)

    @invariant()
    def a_verb_the_table_refuses_is_a_contradiction(self) -> None:
        told, state = fold(self.chronicle.entries), State(self.chronicle.run["state"])
        for verb in Verb:
            if (state, verb) not in TABLE:
                with pytest.raises(Contradiction):
                    follow(told, forged(self.chronicle, KINDS[verb], verb))


TestNight = Night.TestCase
TestNight.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def forged(chronicle: Chronicle, kind: Kind, verb: Verb | None, **delta: object) -> Entry:
    """An entry that says `verb` and claims these changes, whatever came before."""
    last = chronicle.entries[-1]
    shown = {"leg": last.leg, "phase": last.phase, "revision": last.revision} | delta
    return replace(
        last,
        seq=last.seq + 1,
        kind=kind,
        verb=verb or "",
        payload={"delta": delta},  # type: ignore[dict-item]  # forged on purpose
        leg=shown["leg"],  # type: ignore[arg-type]
        phase=shown["phase"],  # type: ignore[arg-type]
        revision=shown["revision"],  # type: ignore[arg-type]
    )


def night(*verbs: Verb) -> Chronicle:
    chronicle = Chronicle()
    for verb in verbs:
        chronicle.say(verb, 25)
    return chronicle


AT_GATE = (Verb.START, Verb.SETTLE, Verb.OPEN_GATE)


@given(st.lists(st.sampled_from(Verb), max_size=25), st.data())
@settings(deadline=None)
def test_every_entry_that_was_said_matters(verbs: list[Verb], data: st.DataObject) -> None:
    chronicle = Chronicle()
    for verb in [*AT_GATE, *verbs]:
        if chronicle.can(verb):
            chronicle.say(verb, 25)
    silent = {verb.value for verb in SILENT} | {""}
    said = [at for at, entry in enumerate(chronicle.entries) if entry.verb not in silent]
    at = data.draw(st.sampled_from(said))
    rest = [entry for index, entry in enumerate(chronicle.entries) if index != at]
    assert not tells_the_same(rest, fold(chronicle.entries))


def tells_the_same(entries: list[Entry], whole: Story) -> bool:
    try:
        return differences(fold(entries), whole) == []
    except Contradiction:
        return False


def test_no_entries_are_a_run_that_was_planned() -> None:
    assert fold([]) == Story()
    assert fold(Chronicle().entries) == Story(plan_sha256="as planned")


def test_the_plan_is_the_one_that_was_frozen_at_the_start() -> None:
    assert fold(night(Verb.START).entries).plan_sha256 == "frozen"


def test_an_amended_plan_takes_its_place() -> None:
    assert fold(night(Verb.START, Verb.AMEND).entries).plan_sha256 == "amended 25"


def test_the_same_story_has_no_differences() -> None:
    told = fold(night(*AT_GATE, Verb.GO).entries)
    assert differences(told, told) == []


def test_a_difference_names_the_field_and_both_sides() -> None:
    told = fold(night(*AT_GATE).entries)
    found = replace(told, revision=9, desired={"web": Decimal(50)})
    assert [line.split(":")[0] for line in differences(told, found)] == ["revision", "desired"]
    assert "the timeline leads to 3, the tables hold 9" in differences(told, found)[0]


def test_weights_stay_where_a_hold_stopped_them() -> None:
    chronicle = night(Verb.START)
    chronicle.say(Verb.HOLD, 12)
    assert fold(chronicle.entries).desired == {"web": Decimal(12), "db": Decimal(25)}


def test_a_completed_run_that_is_rolled_back_has_not_ended() -> None:
    chronicle = night(*AT_GATE, Verb.AUTO_COMPLETE)
    assert fold(chronicle.entries).ended_at is not None
    chronicle.say(Verb.ROLL_BACK)
    assert fold(chronicle.entries).ended_at is None


def test_after_a_rollback_a_new_leg_has_a_gate_of_its_own() -> None:
    chronicle = night(*AT_GATE, Verb.ROLL_BACK, Verb.RESTORE, Verb.RESUME)
    told = fold(chronicle.entries)
    assert [(gate.leg, gate.outcome) for gate in told.gates] == [(1, "rolled_back"), (2, "")]


FORGERIES: dict[str, Callable[[Chronicle], Entry]] = {
    "a state the verb does not lead to": lambda c: forged(
        c, Kind.GO, Verb.GO, state="completed", revision=4
    ),
    "a state that changes by itself": lambda c: forged(c, Kind.VERDICT, None, state="held"),
    "a revision that jumps": lambda c: forged(c, Kind.GO, Verb.GO, state="shifting", revision=9),
    "a decision without a revision": lambda c: forged(c, Kind.GO, Verb.GO, state="shifting"),
    "a note with a revision": lambda c: forged(c, Kind.NOTE, Verb.NOTE, revision=4),
    "a leg out of nowhere": lambda c: forged(c, Kind.NOTE, Verb.NOTE, leg=2),
    "a phase that was not entered": lambda c: forged(
        c, Kind.GO, Verb.GO, state="shifting", revision=4, phase=1
    ),
    "a fact that somebody says": lambda c: forged(c, Kind.DRIFT, Verb.NOTE),
    "a decision that nobody says": lambda c: forged(c, Kind.GO, None, state="shifting"),
    "a field no run has": lambda c: forged(c, Kind.NOTE, Verb.NOTE, mood="good"),
    "a kind nobody knows": lambda c: replace(forged(c, Kind.NOTE, Verb.NOTE), kind="party"),
    "a verb nobody knows": lambda c: replace(forged(c, Kind.NOTE, Verb.NOTE), verb="dance"),
    "no delta": lambda c: replace(forged(c, Kind.NOTE, Verb.NOTE), payload={}),
    "no payload": lambda c: replace(forged(c, Kind.NOTE, Verb.NOTE), payload=[]),
    "a time without a zone": lambda c: forged(
        c, Kind.VERDICT, None, settled_at="2026-11-21T02:00:00"
    ),
    "weights that are none": lambda c: replace(
        forged(c, Kind.VERDICT, None), payload={"delta": {}, "weights": {"web": "heavy"}}
    ),
    "a signature without a role": lambda c: forged(c, Kind.SIGNED_OFF, Verb.SIGN_OFF),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_entry_is_a_contradiction(how: str) -> None:
    chronicle = night(*AT_GATE)
    entry = FORGERIES[how](chronicle)
    with pytest.raises(Contradiction) as caught:
        fold([*chronicle.entries, entry])
    assert caught.value.seq == entry.seq
    assert str(caught.value).startswith(f"entry {entry.seq}: ")


def test_a_signature_needs_a_gate() -> None:
    chronicle = night(Verb.START, Verb.SETTLE, Verb.OPEN_GATE)
    without = replace(fold(chronicle.entries), gates=())
    signed = forged(chronicle, Kind.SIGNED_OFF, Verb.SIGN_OFF)
    payload = {"delta": {}, "user_id": 7, "role": "dri"}
    with pytest.raises(Contradiction, match="no gate"):
        follow(without, replace(signed, payload=payload))  # type: ignore[arg-type]


def test_every_kind_and_every_verb_has_its_place() -> None:
    facts = set(Kind) - set(SAID)
    assert set(KINDS.values()) <= set(SAID)
    assert set(KINDS) == set(Verb)
    assert set().union(*SAID.values()) == set(Verb)
    assert Kind.WEIGHT_CONFIRMED in facts
    assert set(Verb) >= ADDS_ONLY
