"""The page of those who watch: the room's own truth in sentences, and nothing to press."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.updates import Words
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.domain.states import State
from migrations_app.models import Run, Update
from migrations_app.models.clock import db_now
from migrations_app.reads.room import room
from migrations_app.reads.room.story import story
from migrations_app.web import regions
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>'\"{{7*7}}<img src=x onerror=alert(1)>"


def main(one: build.World, name: str = "otto") -> str:
    return screen(one, name).look("watch/").partition("<main")[2].partition("</main")[0]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


def said(one: build.World, audience: Audience, headline: str, body: str = "") -> None:
    kim = one.actor("kim")
    draft = updates.begin(one.run_id, kim, Click(), Words(audience, headline, body))
    publish(one.run_id, kim, Click(), Publishing(draft.number, draft.version))


@pytest.mark.parametrize("name", sorted(build.PEOPLE))
def test_everybody_with_a_role_may_watch_and_nobody_can_press_anything(name: str) -> None:
    html = main(build.ready(), name)
    assert "waits at its gate for the decision to go on" in words(html)
    for forbidden in ("<form", "<button", "<input", "hx-", "data-mine", " style=", "<script"):
        assert forbidden not in html, forbidden


def test_who_holds_no_role_finds_nothing() -> None:
    who = screen(build.ready(), "stranger")
    assert who.client.get(who.url("watch/")).status_code == HTTPStatus.NOT_FOUND


def test_it_says_in_words_where_things_stand() -> None:
    one = build.ready()
    build.judged(one, "p95", "FAIL", "p95 is 268 ms, 31 % above BLUE")
    told = words(main(one))
    for part in (
        "Phase 1 of 3, Canary 5 %, waits at its gate",
        "5 % of Web traffic and Read path is on GREEN.",
        "2 of 3 checks pass.",
        "p95 response time: p95 is 268 ms, 31 % above BLUE.",
        "It still takes: database has not signed off.",
        "2 m after the next Go, as planned",
        "ravi", "AS DECIDED",
    ):  # fmt: skip
        assert part in told, part


def test_what_was_published_is_there_newest_first_to_whomever_it_was_said() -> None:
    one = build.ready()
    said(one, Audience.INTERNAL, "Among us", "the vacuum is slow")
    said(one, Audience.PUBLIC, "For the world")
    updates.begin(one.run_id, one.actor("kim"), Click(), Words(Audience.INTERNAL, "A mere draft"))
    told = words(main(one))
    assert told.index("For the world") < told.index("Among us")
    assert "the vacuum is slow" in told
    assert "A mere draft" not in told


@pytest.mark.parametrize("state", list(State))
def test_it_is_drawn_in_every_state(state: State) -> None:
    one = build.ready()
    Run.objects.filter(pk=one.run_id).update(state=state.value, why="because")
    assert state.value.replace("_", " ").upper() in words(main(one))


def test_a_planned_run_is_drawn() -> None:
    told = words(main(build.world()))
    assert "It has not started." in told
    assert "2 m after the start, as planned" in told


def test_a_promise_that_was_not_kept_is_told() -> None:
    one = build.ready(comms={"cadence": "5m"})
    Run.objects.filter(pk=one.run_id).update(started_at=db_now() - timedelta(minutes=9))
    assert "overdue" in words(main(one))


def test_a_verdict_that_is_too_old_is_not_counted_as_passing() -> None:
    one = build.at_gate()
    told = story(room(one.run_id))
    assert told.checks == "0 of 3 checks pass."
    assert len(told.unwell) == 3


def test_a_route_that_is_astray_is_told_in_words() -> None:
    one = build.ready()
    now = db_now()
    one.run.routes.filter(name="web").update(observed=24, drift_since=now)
    one.run.routes.filter(name="flag").update(trouble="it does not answer", trouble_since=now)
    told = story(room(one.run_id))
    assert told.traffic == "On GREEN: Web traffic 24 %, Read path 5 %."
    assert told.unwell == (
        "Web traffic ought to be at 5 %: somebody moved it.", "Read path: it does not answer.",
    )  # fmt: skip


def test_what_only_watches_binds_nothing() -> None:
    checks = [{"source": "metrics", "query": one["name"], "observe": True, **one}
              for one in build.CHECKS]  # fmt: skip
    phases = [{**build.PHASES[0], "gate": {}, "steps": []}]
    told = story(room(build.at_gate(checks=checks, abort=[], phases=phases).run_id))
    assert told.checks == ""
    assert told.unwell == ()


def test_it_shows_the_scene_of_the_stream() -> None:
    """The same regions under the same id, so that a browser goes on from what the page said."""
    one = build.ready()
    html = screen(one, "otto").look("watch/")
    scene = regions.scene(one.run_id)
    assert f'data-scene="{scene.id}"' in html
    names = re.findall(r'data-regions="([^"]*)"', html)[0].split()
    for name in names:
        assert re.search(rf'<\w+ id="{name}"[^>]*>', html), name
        assert scene.regions[name] in html
    assert set(regions.STORY) <= set(names)


def test_the_room_asks_for_no_region_that_it_has_no_place_for() -> None:
    html = screen(build.ready(), "ana").look()
    names = re.findall(r'data-regions="([^"]*)"', html)[0].split()
    assert not set(regions.STORY) & set(names)
    for name in names:
        assert f'id="{name}"' in html


def test_text_from_outside_stays_text() -> None:
    one = build.ready(title=EVIL)
    mild = EVIL.replace("{{7*7}}", "")  # braces are for what a template fills in
    said(one, Audience.INTERNAL, mild, mild)
    build.judged(one, "p95", "FAIL", EVIL)
    assert Update.objects.filter(run=one.run_id, state="published").exists()
    html = screen(one, "otto").look("watch/")
    assert "<script>alert" not in html
    assert "<img" not in html


def test_a_story_does_not_change_by_being_told_again() -> None:
    one = build.ready()
    drawn = [regions.scene(one.run_id).regions["story"] for _ in range(2)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("number", [1, 30])
def test_queries_do_not_grow_with_updates(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = build.at_gate()
    for at in range(number):
        said(one, Audience.INTERNAL, f"update {at}")
    with django_assert_num_queries(26):
        regions.scene(one.run_id)


def test_no_cache_keeps_it() -> None:
    who = screen(build.ready(), "otto")
    response: Any = who.client.get(who.url("watch/"))
    assert "no-store" in response["Cache-Control"]
