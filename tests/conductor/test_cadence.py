"""Broken promises of updates: said once each, and by one of two pollers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from migrations_app.actions import updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.updates import Words
from migrations_app.conductor.cadence import remind
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.models import Event, Run, Update
from migrations_app.reads.room import room
from tests.web import build

pytestmark = pytest.mark.django_db(transaction=True)


def late(minutes: int) -> build.World:
    one = build.ready(comms={"cadence": "20m"})
    begun = one.run.started_at or one.run.created_at
    Run.objects.filter(pk=one.run_id).update(started_at=begun - timedelta(minutes=minutes))
    return one


def said(one: build.World) -> list[str]:
    rows = Event.objects.filter(run=one.run_id, kind="update_overdue").order_by("seq")
    return list(rows.values_list("sentence", flat=True))


def test_a_promise_that_is_kept_is_not_mentioned() -> None:
    one = late(19)
    assert remind() == []
    assert said(one) == []
    promise = room(one.run_id).next_update
    assert promise is not None
    assert (promise.overdue, promise.who) == (False, "kim")


def test_a_broken_promise_is_said_once_and_names_who() -> None:
    one = late(21)
    assert remind() == [one.run_id]
    assert remind() == []
    (sentence,) = said(one)
    assert sentence.endswith("is overdue: kim and ana")
    promise = room(one.run_id).next_update
    assert promise is not None
    assert promise.overdue


def test_it_is_said_again_once_per_cadence() -> None:
    one = late(21)
    remind()
    begun = one.run.started_at or one.run.created_at
    Run.objects.filter(pk=one.run_id).update(started_at=begun - timedelta(minutes=20))
    remind()
    assert len(said(one)) == 2


def test_an_update_makes_a_new_promise() -> None:
    one = late(21)
    saved = updates.begin(one.run_id, one.actor("kim"), Click(), Words(Audience.INTERNAL, "Well"))
    publish(one.run_id, one.actor("kim"), Click(), Publishing(saved.number, saved.version))
    assert remind() == []
    promise = room(one.run_id).next_update
    assert promise is not None
    assert promise.promised_by == 1
    assert Update.objects.get().next_at == promise.due_at


def test_where_nothing_is_promised_nothing_is_broken() -> None:
    one = build.ready()
    assert remind() == []
    assert room(one.run_id).next_update is None
