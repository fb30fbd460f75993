"""The text of a runbook is kept with its comments, and a run keeps the text it was started with."""

from __future__ import annotations

from hashlib import sha256

import pytest

from migrations_app.actions import amend
from migrations_app.actions.load import load
from migrations_app.actions.start import plan_run, start
from migrations_app.domain.actor import Click
from migrations_app.domain.plan import runbook
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Migration, Run, Runbook
from tests.build import Room, plan_data, room

pytestmark = pytest.mark.django_db


def told(**changes: object) -> str:
    return "# tell the night shift\n" + runbook.dump(Plan.model_validate(plan_data(**changes)))


def loaded(text: str) -> None:
    load(runbook.load(text), text=text)


def another(made: Room) -> Run:
    return plan_run(Migration.objects.get().pk, "rehearsal", made.ana)


def test_a_text_is_kept_once_however_often_it_is_loaded() -> None:
    for _ in range(2):
        loaded(told())
    kept = Runbook.objects.get()
    assert kept.text == told()
    assert kept.sha256 == sha256(told().encode()).hexdigest()
    assert kept.plan_sha256 == Migration.objects.get().sha256


def test_a_plan_without_a_text_is_written_out() -> None:
    plan = Plan.model_validate(plan_data())
    load(plan)
    assert runbook.load(Runbook.objects.get().text) == plan


def test_a_run_that_started_keeps_its_text() -> None:
    made = room()
    loaded(told())
    run = another(made)
    assert run.runbook is not None
    loaded(told(title="Another"))
    start(run.pk, made.ana, Click())
    run.refresh_from_db()
    assert run.runbook is not None
    assert "title: Another" in run.runbook.text
    loaded(told(title="A third"))
    run.refresh_from_db()
    assert "title: Another" in run.runbook.text


def test_an_old_text_loaded_again_is_the_newest() -> None:
    made = room()
    first, second = told(), told().replace("night shift", "day shift")
    for text in (first, second, first):
        loaded(text)
    run = another(made)
    assert run.runbook is not None
    assert run.runbook.text == first


def test_an_amendment_brings_its_text_along() -> None:
    made = room()
    loaded(told())
    run = another(made)
    start(run.pk, made.ana, Click())
    loaded(told(title="Another"))
    run.refresh_from_db()
    amend.amend(run.pk, made.ana, Click(revision=run.revision, reason="a better name"))
    run.refresh_from_db()
    assert run.runbook is not None
    assert "title: Another" in run.runbook.text
