"""The room's page: complete in every state, safe with any text, cheap however long the night."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.states import State
from migrations_app.domain.timeline import digest
from migrations_app.models import ChannelPost, Delivery, Event, Run
from migrations_app.reads.room import room
from migrations_app.web import regions
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

QUERIES = 26
EVIL = "<script>alert(1)</script>'\"{{7*7}}<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", ["ana", "otto"])
def test_it_is_drawn_in_every_state(state: State, name: str) -> None:
    one = build.at_gate()
    Run.objects.filter(pk=one.run_id).update(state=state.value, why="because")
    page = screen(one, name).look()
    assert state.value.replace("_", " ").upper() in page
    assert "because" in page


def test_a_planned_run_is_drawn() -> None:
    page = screen(build.world(), "ana").look()
    assert "Start this rehearsal" in page
    assert "there is nothing to roll back" in page


def test_it_shows_the_night_on_one_page() -> None:
    one = build.at_gate()
    build.judged(one, "errors", "PASS", "errors 0.08 %, not above 0.3 %")
    page = " ".join(screen(one, "ravi").look().split())
    for words in (
        "Phase 1/3 Canary 5 %", "phase 3", "≈ 40 s", "of 2 m", "planned, never measured",
        "Error budget", "10 %", "within 24 h", "Failed requests", "fails &gt; 0.3 %",
        "<strong>95 %</strong>", "<strong>5 %</strong>", "AS DECIDED",
        "step &quot;look&quot; is not done", "database has not signed off", "waiting for database",
        "Gate 1 is open", "Sign off for database", "No-Go: hold…", "ROLL BACK NOW",
    ):  # fmt: skip
        assert words in page, words


def test_queries_do_not_grow_with_the_timeline(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one = build.at_gate()
    _events(one, 100)
    with django_assert_num_queries(QUERIES):
        regions.scene(one.run_id)
    _events(one, 5000)
    with django_assert_num_queries(QUERIES):
        regions.scene(one.run_id)


def _events(one: build.World, number: int) -> None:
    run = one.run
    Event.objects.bulk_create(
        Event(run=run, seq=run.seq + at, at=run.created_at, kind="note", actor="kim", leg=1,
              phase=0, revision=1, sentence=f"note {at}", payload={}, hash=digest(at))
        for at in range(1, number + 1)
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(seq=run.seq + number)


def test_text_from_outside_stays_text() -> None:
    one = build.at_gate(title=EVIL)
    build.judged(one, "errors", "FAIL", EVIL)
    screen(one, "ana").click("note", reason=EVIL)
    screen(one, "ana").click("no-go", reason=EVIL)
    for name in ("", "timeline/"):
        page = screen(one, "ana").look(name)
        assert EVIL not in page
        assert escape(EVIL) in page


@pytest.mark.parametrize("name", ["", "timeline/", "mine"])
def test_nothing_inline_that_the_policy_would_refuse(name: str) -> None:
    one = build.ready()
    build.readings(one, "p95", [200.0, None, 210.0, 230.0], blue=204.0)
    page = screen(one, "ana").look(name)
    assert not re.search(r"<[^>]+\s(style|on\w+|hx-on[\w:-]*)=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|javascript:|hx-vals=.js", page)


@pytest.mark.parametrize("name", ["", "timeline/", "mine", "timeline.json", "stream"])
def test_nothing_of_a_room_is_kept_by_a_cache(name: str) -> None:
    one = build.ready()
    response = screen(one, "ana").client.get(f"/runs/{one.run_id}/{name}")
    assert "no-store" in response["Cache-Control"]


def test_the_page_and_the_stream_show_the_same_scene() -> None:
    one = build.ready()
    assert f'data-scene="{regions.scene(one.run_id).id}"' in screen(one, "ana").look()


def test_a_scene_does_not_change_by_being_looked_at_again() -> None:
    one = build.ready()
    assert regions.scene(one.run_id).id == regions.scene(one.run_id).id


def test_my_turn_changes_with_what_may_be_done_and_not_with_every_measurement() -> None:
    one = build.ready()
    before = regions.scene(one.run_id).regions["turn"]
    build.judged(one, "errors", "PASS", "errors 0.09 %, not above 0.3 %")
    assert regions.scene(one.run_id).regions["turn"] == before
    build.judged(one, "errors", "FAIL", "errors 0.41 %, above 0.3 %")
    assert regions.scene(one.run_id).regions["turn"] != before


def test_blind_is_said_aloud() -> None:
    one = build.ready()
    assert room(one.run_id).blind is None
    old = room(one.run_id).at - 3 * room(one.run_id).checks[0].patience
    one.run.checks.update(evaluated_at=old)
    page = screen(one, "ana").look()
    assert "BLIND: nothing was evaluated" in page
    assert "STALE" in page


def test_undelivered_messages_are_counted() -> None:
    one = build.ready()
    ChannelPost.objects.create(run=one.run, channel="team", error="Slack answers 503")
    for number in range(2):
        Delivery.objects.create(run=one.run, channel="team", key=f"k{number}", seq=1,
                                style="news", tone="calm", headline="x")  # fmt: skip
    page = " ".join(screen(one, "ana").look().split())
    assert "team: <strong>2 undelivered</strong>" in page
    assert "Slack answers 503" in page


def test_the_way_back_survives_a_room_that_cannot_be_drawn() -> None:
    one = build.at_gate()
    run = one.run
    run.plan["plan"]["checks"][0]["fail_when"] = "gibberish"
    run.plan_sha256 = "f" * 64
    run.save()
    ana = screen(one, "ana")
    refused = ana.client.post(ana.url("no-go"), {"revision": run.revision}).content.decode()
    assert "No-Go takes a reason" in refused
    for page in (ana.look(), refused):
        assert "can't be drawn" in page
        assert f'action="/runs/{one.run_id}/roll-back"' in page


def test_only_sign_offs_that_would_help_are_offered() -> None:
    one = build.ready()
    assert "Sign off for" not in screen(one, "ana").look()
    ravi = screen(one, "ravi")
    assert "Sign off for database" in ravi.look()
    ravi.click("sign-off", role="database")
    assert "Sign off for" not in ravi.look()


def test_a_gate_that_passes_by_itself_asks_the_dri_too() -> None:
    gate = {"checks": ["lag"], "roles": ["dri"], "auto_advance": True}
    one = build.at_gate(phases=[{"name": "canary", "gate": gate}, *build.PHASES[1:]])
    assert "Sign off for dri" in screen(one, "ana").look()


def test_who_only_watches_gets_no_forms() -> None:
    page = screen(build.ready(), "otto").look()
    assert "hx-post" not in page
    assert "You watch this run. ana decides." in page
    assert "data-mine" not in page
