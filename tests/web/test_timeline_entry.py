"""One entry: its page, its place in the chain, and what people add to it with and without htmx."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from django.db import connection

from migrations_app.actions import pins
from migrations_app.actions.steps import note
from migrations_app.domain.actor import Click
from migrations_app.models import Event, Pin
from tests.web import build
from tests.web.conftest import screen
from tests.web.test_timeline import shown

pytestmark = pytest.mark.django_db


def test_it_shows_its_evidence_its_hash_and_what_was_around_it() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    ana.click("no-go", reason="lag grows")
    seq = one.run.seq
    note(one.run_id, one.actor("kim"), Click(reason="told everybody"), about=seq)
    page = ana.look(f"timeline/{seq}/")
    entry = Event.objects.get(run=one.run_id, seq=seq)
    assert "Checks as they stood" in page
    assert "<details" not in page.split('id="entry-')[1].split("</article>")[0]
    assert f"<code>{entry.hash}</code>" in page
    assert f"<code>{entry.prev_hash}</code>" in page
    assert "is the hash of what it says" in page
    assert f"is entry {seq - 1}’s" in page
    assert "told everybody" in page
    assert f'rel="prev" href="/runs/{one.run_id}/timeline/{seq - 1}/"' in page
    assert f'rel="next" href="/runs/{one.run_id}/timeline/{seq + 1}/"' in page


def test_the_first_and_the_last_have_one_neighbour() -> None:
    one = build.ready()
    ana = screen(one, "ana")
    first, last = ana.look("timeline/1/"), ana.look(f"timeline/{one.run.seq}/")
    assert "this is the first" in first
    assert ('rel="prev"' in first, 'rel="next"' in first) == (False, True)
    assert ('rel="prev"' in last, 'rel="next"' in last) == (True, False)


def test_what_was_changed_behind_our_back_shows() -> None:
    one = build.ready()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE migrations_app_event SET sentence = 'nothing' WHERE run_id = %s AND seq = 2",
            [one.run_id],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    page = screen(one, "ana").look("timeline/2/")
    assert "it was changed after it was written" in page


@pytest.mark.parametrize("seq", ["0", "9999", "99999999999999999999"])
def test_an_entry_that_is_not_there_is_not_found(seq: str) -> None:
    one = build.ready()
    ana = screen(one, "ana")
    assert ana.client.get(ana.url(f"timeline/{seq}/")).status_code == HTTPStatus.NOT_FOUND
    for verb in ("pin", "unpin", "note"):
        answer = ana.click(f"timeline/{seq}/{verb}", reason="x")
        assert answer.status_code == HTTPStatus.NOT_FOUND


def test_every_click_works_without_htmx() -> None:
    one = build.ready()
    kim = screen(one, "kim")
    for verb, said in (("pin", ""), ("note", "said at 02:10"), ("unpin", "")):
        answer = kim.click(f"timeline/2/{verb}", reason=said)
        assert (answer.status_code, answer["Location"]) == (303, kim.url("timeline/2/"))
    assert not Pin.objects.exists()
    page = kim.look("timeline/2/")
    assert "said at 02:10" in page


def test_under_htmx_the_entry_comes_back() -> None:
    one = build.ready()
    kim = screen(one, "kim")
    pinned = kim.click("timeline/2/pin", htmx=True).content.decode()
    assert shown(pinned) == [2]
    assert 'id="marks-2"' in pinned
    assert "by kim" in pinned
    assert "<html" not in pinned
    noted = kim.click("timeline/2/note", htmx=True, reason="said at 02:10").content.decode()
    assert "said at 02:10" in noted


def test_what_is_refused_says_why_and_keeps_what_was_typed() -> None:
    one = build.ready()
    pins.pin(one.run_id, one.actor("kim"), Click(), 2)
    kim, otto = screen(one, "kim"), screen(one, "otto")
    again = kim.click("timeline/2/pin", htmx=True)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert">Entry 2 is pinned already.' in again.content.decode()
    for htmx in (True, False):
        answer = otto.click("timeline/2/note", htmx=htmx, reason="mine")
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "one of these roles" in answer.content.decode()
    empty = kim.click("timeline/2/note", reason="  ")
    assert "A note needs words." in empty.content.decode()
    used = kim.click("timeline/2/note", reason="first", key="k")
    assert used.status_code == HTTPStatus.SEE_OTHER
    other = kim.click("timeline/2/note", htmx=True, reason="half a thought", key="k")
    assert other.status_code == HTTPStatus.CONFLICT
    assert 'value="half a thought"' in other.content.decode()


def test_who_only_watches_is_offered_nothing() -> None:
    one = build.ready()
    for path in ("timeline/", "timeline/2/"):
        assert "/timeline/2/pin" in screen(one, "kim").look(path)
        assert "/timeline/2/note" in screen(one, "kim").look(path)
        watched = screen(one, "otto").look(path)
        assert not re.search(r"timeline/\d+/(pin|note)", watched)
        assert "quote=" not in watched


def test_who_writes_updates_may_quote() -> None:
    one = build.ready()
    for name, quotes in {"kim": True, "ana": True, "ravi": False}.items():
        page = screen(one, name).look("timeline/")
        assert (f'href="/runs/{one.run_id}/comms/?quote=2"' in page) == quotes


def test_notes_stand_beneath_what_they_are_about_the_newest_in_lists() -> None:
    one = build.ready()
    for number in range(5):
        note(one.run_id, one.actor("kim"), Click(reason=f"note number {number}"), about=2)
    kim = screen(one, "kim")
    beneath = kim.look("timeline/").split('id="entry-2"')[1].split('id="entry-1"')[0]
    assert re.findall(r"note number \d", beneath) == [f"note number {n}" for n in (2, 3, 4)]
    assert "Earlier notes" in beneath
    whole = kim.look("timeline/2/").split("</article>")[0]
    assert re.findall(r"note number \d", whole) == [f"note number {n}" for n in range(5)]
