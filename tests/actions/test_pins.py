"""Pins and notes about entries: each an entry of its own, and nothing that was written changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import pins, steps
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.models import Event, Pin
from migrations_app.reads.audit import audit
from tests.actions.hands import at_once
from tests.build import at_gate
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from tests.build import Room

NOW = Click()


def last(made: Room) -> Event:
    return Event.objects.get(run=made.run_id, seq=made.run.seq)


@pytest.mark.django_db
def test_pinning_is_an_entry_that_names_the_other() -> None:
    made = at_gate()
    before, revision = last(made), made.run.revision
    pins.pin(made.run_id, made.raj, Click(reason="for the retro"), 1)
    entry = last(made)
    assert (entry.kind, entry.verb, entry.actor) == ("pinned", "pin", "raj")
    assert (entry.payload["about"], entry.payload["reason"]) == (1, "for the retro")
    pin = Pin.objects.get(run=made.run_id)
    assert (pin.event.seq, pin.by, pin.at) == (1, "raj", entry.at)
    assert (before.seq, revision) == (entry.seq - 1, made.run.revision)


@pytest.mark.django_db
def test_unpinning_is_another_and_the_run_is_still_told_whole() -> None:
    made = at_gate()
    pins.pin(made.run_id, made.raj, NOW, 1)
    pins.unpin(made.run_id, made.ana, NOW, 1)
    pins.pin(made.run_id, made.lee, NOW, 1)
    steps.note(made.run_id, made.raj, Click(reason="that was the vacuum"), about=2)
    assert Pin.objects.get(run=made.run_id).by == "lee"
    assert_whole(made.run_id)
    assert all(finding.ok for finding in audit(made.run_id))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "seq", "code"),
    [("pin", 1, "pinned"), ("unpin", 2, "not_pinned"), ("pin", 9999, "unknown_entry"),
     ("unpin", 0, "unknown_entry"), ("pin", 2**63, "unknown_entry")],
)  # fmt: skip
def test_what_cannot_be_is_refused(verb: str, seq: int, code: str) -> None:
    made = at_gate()
    pins.pin(made.run_id, made.raj, NOW, 1)
    before = made.run.seq
    with pytest.raises(Refused) as refused:
        getattr(pins, verb)(made.run_id, made.raj, NOW, seq)
    assert (refused.value.code, made.run.seq) == (code, before)


@pytest.mark.django_db
def test_it_takes_a_role() -> None:
    made = at_gate()
    for verb in (pins.pin, pins.unpin):
        with pytest.raises(Refused, match="one of these roles"):
            verb(made.run_id, made.oz, NOW, 1)


@pytest.mark.django_db
def test_a_pin_counts_once() -> None:
    made = at_gate()
    first = pins.pin(made.run_id, made.raj, Click(key="k"), 1)
    again = pins.pin(made.run_id, made.raj, Click(key="k"), 1)
    assert (again.replayed, again.seq) == (True, first.seq)
    with pytest.raises(Refused) as refused:
        pins.unpin(made.run_id, made.raj, Click(key="k"), 1)
    assert refused.value.code == "key_reused"


@pytest.mark.django_db
def test_a_note_may_be_about_an_entry() -> None:
    made = at_gate()
    steps.note(made.run_id, made.raj, Click(reason=" it was the vacuum "), about=2)
    entry = last(made)
    assert entry.sentence == "raj on entry 2: it was the vacuum"
    assert (entry.kind, entry.payload["about"]) == ("note", 2)
    with pytest.raises(Refused) as refused:
        steps.note(made.run_id, made.raj, Click(reason="hm"), about=made.run.seq + 1)
    assert refused.value.code == "unknown_entry"


@pytest.mark.django_db(transaction=True)
def test_two_hands_pin_it_once(hands: ThreadPoolExecutor) -> None:
    made = at_gate()
    answers = at_once(
        hands,
        lambda: pins.pin(made.run_id, made.raj, NOW, 1),
        lambda: pins.pin(made.run_id, made.lee, NOW, 1),
    )
    assert sorted(isinstance(one, Refused) for one in answers) == [False, True]
    assert Pin.objects.count() == 1
    assert Event.objects.filter(run=made.run_id, kind="pinned").count() == 1
