"""Who is at a step, for how long, and what they say of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate, steps
from migrations_app.actions.take_step import note_at, put_down, take
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.models import Event, StepTaken
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of
from migrations_app.reads.room.steps import NOTES
from migrations_app.reads.room.steps import steps as read
from tests.actions.hands import at_once
from tests.actions.test_handover import code
from tests.build import CLICK, at_gate, judge, phase, room
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from migrations_app.domain.actor import Actor
    from migrations_app.reads.room.steps import StepView
    from tests.build import Room

pytestmark = pytest.mark.django_db

STEPS = [
    {"name": "warm", "title": "Warm the caches", "owner": "database", "expected": "10m"},
    {"name": "wait", "kind": "action", "action": "wait", "expected": "1h"},
    {"name": "look"},
]


def stepped() -> Room:
    return at_gate(phases=[phase("one", 1, steps=STEPS), phase("two", 2)])


def seen(made: Room, name: str = "warm") -> StepView:
    run = made.run
    [found] = [one for one in read(run, plan_of(run), db_now()) if one.name == name]
    return found


def said(made: Room) -> list[str]:
    events = Event.objects.filter(run_id=made.run_id, verb="take_step").order_by("seq")
    return list(events.values_list("sentence", flat=True))


def test_taken_put_down_and_done() -> None:
    made = stepped()
    assert (seen(made).taken_by, seen(made).taken_at) == ("", None)
    take(made.run_id, made.raj, CLICK, "warm")
    assert seen(made).taken_by == "raj"
    put_down(made.run_id, made.raj, Click(reason="half of it"), "warm")
    assert seen(made).taken_by == ""
    take(made.run_id, made.lee, CLICK, "warm")
    steps.complete_step(made.run_id, made.lee, CLICK, "warm")
    assert (seen(made).taken_by, seen(made).done_by) == ("lee", "lee")
    assert said(made) == [
        'raj took step "Warm the caches"',
        'raj put step "Warm the caches" down',
        'lee took step "Warm the caches"',
    ]
    assert_whole(made.run_id)


def test_taking_over_names_who_is_pushed_aside() -> None:
    made = stepped()
    take(made.run_id, made.raj, CLICK, "warm")
    with pytest.raises(Refused, match="raj is at that step"):
        take(made.run_id, made.lee, CLICK, "warm")
    with pytest.raises(Refused, match="raj is at that step"):
        take(made.run_id, made.lee, CLICK, "warm", over="ana")
    with pytest.raises(Refused, match="You are at that step already"):
        take(made.run_id, made.raj, CLICK, "warm", over="raj")
    take(made.run_id, made.lee, CLICK, "warm", over="raj")
    assert said(made)[-1] == 'lee took step "Warm the caches" over from raj'
    assert code(put_down, made.run_id, made.raj, CLICK, "warm") == "not_taken"


def test_what_was_put_down_meanwhile_is_not_taken_over() -> None:
    made = stepped()
    with pytest.raises(Refused, match="raj put that step down"):
        take(made.run_id, made.lee, CLICK, "warm", over="raj")


def test_the_clock_starts_anew_with_whoever_takes_it() -> None:
    made = stepped()
    take(made.run_id, made.raj, CLICK, "warm")
    StepTaken.objects.update(at=db_now() - timedelta(minutes=11))
    late = seen(made)
    assert late.overdue
    assert late.taken_at is not None
    assert late.overdue_at == late.taken_at + timedelta(minutes=10)
    take(made.run_id, made.lee, CLICK, "warm", over="raj")
    assert not seen(made).overdue


def test_expected_and_actual_time() -> None:
    made = stepped()
    take(made.run_id, made.raj, CLICK, "warm")
    began = db_now() - timedelta(minutes=12)
    StepTaken.objects.update(at=began)
    assert seen(made).took is None
    steps.complete_step(made.run_id, made.raj, Click(reason="12 GB"), "warm")
    done = seen(made)
    assert done.expected == timedelta(minutes=10)
    assert done.done_at is not None
    assert done.took == done.done_at - began
    assert (done.overdue, done.overdue_at) == (False, None)


def test_nobody_says_how_long_a_step_took_that_nobody_took() -> None:
    made = stepped()
    steps.complete_step(made.run_id, made.raj, CLICK, "look")
    assert seen(made, "look").took is None


def test_a_step_without_an_expected_time_is_never_overdue() -> None:
    made = stepped()
    take(made.run_id, made.raj, CLICK, "look")
    StepTaken.objects.update(at=db_now() - timedelta(days=1))
    assert seen(made, "look").overdue_at is None


def test_what_cannot_be_taken() -> None:
    made = stepped()
    assert code(take, made.run_id, made.raj, CLICK, "wait") == "no_hands"
    assert code(take, made.run_id, made.raj, CLICK, "nothing") == "unknown_step"
    assert code(take, made.run_id, made.oz, CLICK, "warm") == "not_allowed"
    steps.complete_step(made.run_id, made.raj, CLICK, "warm")
    with pytest.raises(Refused, match="was done by raj"):
        take(made.run_id, made.lee, CLICK, "warm")
    assert code(put_down, made.run_id, made.raj, CLICK, "warm") == "step_done"


def test_before_the_start_there_are_no_steps_to_take() -> None:
    made = room(phases=[phase("one", 1, steps=STEPS), phase("two", 2)])
    for verb in (take, put_down):
        assert code(verb, made.run_id, made.raj, CLICK, "warm") == "unknown_step"
    assert code(note_at, made.run_id, made.raj, Click(reason="x"), "warm") == "unknown_step"


def test_a_step_of_the_phase_before_is_left_behind() -> None:
    made = stepped()
    take(made.run_id, made.raj, CLICK, "warm")
    for name in ("warm", "look"):
        steps.complete_step(made.run_id, made.raj, CLICK, name)
    StepTaken.objects.filter(name="wait").delete()
    made.run.steps_done.create(leg=1, phase=0, name="wait", by="warroom")
    judge(made.run_id, "errors", "PASS")
    gate.go(made.run_id, made.ana, CLICK)
    assert code(take, made.run_id, made.raj, CLICK, "warm") == "unknown_step"


def test_notes_stay_with_the_step_and_go_onto_the_timeline() -> None:
    made = stepped()
    assert code(note_at, made.run_id, made.raj, Click(reason=" "), "warm") == "reason"
    for number in range(NOTES + 1):
        note_at(made.run_id, made.raj, Click(reason=f"note {number}"), "warm")
    assert [one.text for one in seen(made).notes] == [f"note {n}" for n in range(1, NOTES + 1)]
    assert seen(made, "look").notes == ()
    event = Event.objects.filter(kind="note").latest("seq")
    assert event.sentence == f'raj on step "Warm the caches": note {NOTES}'
    assert event.payload["step"] == "warm"
    assert_whole(made.run_id)


def test_a_key_counts_once() -> None:
    made = stepped()
    click = Click(key="k")
    first = take(made.run_id, made.raj, click, "warm")
    assert take(made.run_id, made.raj, click, "warm").seq == first.seq
    assert code(put_down, made.run_id, made.raj, click, "warm") == "key_reused"
    assert code(take, made.run_id, made.raj, click, "look") == "key_reused"
    note = Click(key="n", reason="x")
    assert note_at(made.run_id, made.raj, note, "warm").replayed is False
    assert note_at(made.run_id, made.raj, note, "warm").replayed is True
    assert code(note_at, made.run_id, made.raj, note, "look") == "key_reused"


@pytest.mark.django_db(transaction=True)
def test_two_who_take_a_step_at_once_are_not_both_at_it(hands: ThreadPoolExecutor) -> None:
    made = stepped()
    people: list[Actor] = [made.raj, made.lee]
    answers = at_once(hands, *(partial(take, made.run_id, one, CLICK, "warm") for one in people))
    assert [one.code for one in answers if isinstance(one, Refused)] == ["taken"]
    assert StepTaken.objects.count() == 1
