"""The timeline's page: what it shows, finds, counts and announces, and how much it asks for it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from migrations_app.actions import pins
from migrations_app.actions.steps import note
from migrations_app.domain.actor import Click
from migrations_app.domain.groups import Group
from migrations_app.reads.timeline import PAGE, Wanted, listing
from tests.web import build
from tests.web.conftest import HTMX, screen
from tests.web.history import written

if TYPE_CHECKING:
    from tests.web.conftest import Screen

pytestmark = pytest.mark.django_db

XSS = """'"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}${7*7}"""


def shown(page: str) -> list[int]:
    """Seqs of the entries on a page, in its order."""
    return [int(seq) for seq in re.findall(r'id="entry-(\d+)"', page)]


def told() -> tuple[build.World, Screen]:
    """A run at its first gate whose timeline holds something of every group but comms."""
    one = build.ready()
    kim = screen(one, "kim")
    note(one.run_id, one.actor("kim"), Click(reason="customers see nothing"))
    pins.pin(one.run_id, one.actor("kim"), Click(), 2)
    written(one.run_id, "verdict", "p95 failed: 310 ms", payload={"check": "p95"})
    written(one.run_id, "drift", "web is at 7 %, ought to be at 5 %")
    return one, kim


def test_newest_first_under_the_day_it_was() -> None:
    one, kim = told()
    page = kim.look("timeline/")
    assert shown(page) == list(range(one.run.seq, 0, -1))
    assert re.search(r'<li class="day"><h2>\w+day, \d+ \w+ \d{4} <span class="quiet">UTC', page)


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ("show=trouble", ["web is at 7 %"]),
        ("show=metrics", ["p95 failed"]),
        ("show=people", ["kim pinned entry 2", "kim: customers see nothing"]),
        ("show=comms", []),
        ("show=pinned", ["run started"]),
        ("q=customers+nothing", ["kim: customers see nothing"]),
        ("q=CUSTOM", ["kim: customers see nothing"]),
        ("q=310", ["p95 failed"]),
        ("q=310&show=trouble", []),
        ("q=nosuchword", []),
    ],
)
def test_filters_and_words(query: str, sentences: list[str]) -> None:
    _, kim = told()
    page = kim.look(f"timeline/?{query}")
    found = re.findall(r'class="sentence">([^<]*)<', page)
    assert len(found) == len(sentences)
    for one, sentence in zip(found, sentences, strict=True):
        assert sentence.lower() in one.lower()


def test_chips_count_and_keep_the_words() -> None:
    one, kim = told()
    page = kim.look("timeline/")
    counts = dict(re.findall(r'show=(\w+)"[^>]*>\w+ <span class="count">(\d+)<', page))
    assert counts["metrics"] == counts["trouble"] == counts["pinned"] == "1"
    assert counts["people"] == "2"
    searching = kim.look("timeline/?q=p95")
    assert f"/runs/{one.run_id}/timeline/?show=metrics&amp;q=p95" in searching
    assert 'class="count"' not in searching


@pytest.mark.parametrize("query", ["show=moon", "before=x", "after=-1", "before=٣"])
def test_what_cannot_be_asked_is_not_found(query: str) -> None:
    _, kim = told()
    answer = kim.client.get(kim.url(f"timeline/?{query}"))
    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("text", ["'", "& | !", "a:*", "\\", "(", "%", "<->", "\x00", "x" * 5000])
def test_no_search_is_a_syntax_error(text: str) -> None:
    _, kim = told()
    answer = kim.client.get(kim.url("timeline/"), {"q": text})
    assert answer.status_code == HTTPStatus.OK


def test_older_pages_keep_what_was_looked_for() -> None:
    one, kim = told()
    for number in range(PAGE + 5):
        written(one.run_id, "verdict", f"number {number} holds")
    first = kim.look("timeline/?show=metrics&q=holds")
    older = re.search(r'rel="next" href="([^"]*)"', first)
    assert older
    second = kim.client.get(older[1].replace("&amp;", "&")).content.decode()
    assert (len(shown(first)), len(shown(second))) == (PAGE, 5)
    assert not set(shown(first)) & set(shown(second))
    assert "This is the beginning" in second


def test_what_came_since_is_announced_and_put_on_top() -> None:
    one, kim = told()
    seen = one.run.seq
    assert kim.look(f"timeline/news?after={seen}").strip() == ""
    written(one.run_id, "verdict", "lag is fine")
    written(one.run_id, "drift", "flag is at 1 %")
    news = kim.look(f"timeline/news?after={seen}")
    assert "2 new entries: show" in news
    assert "1 new entry: show" in kim.look(f"timeline/news?show=metrics&after={seen}")
    since = re.search(r'hx-get="([^"]*)"', news)
    assert since
    fragment = kim.client.get(since[1], headers=HTMX).content.decode()
    assert shown(fragment) == [seen + 2, seen + 1]
    assert "<html" not in fragment


def test_more_than_a_page_of_news_is_a_fresh_page() -> None:
    one, kim = told()
    seen = one.run.seq
    for number in range(PAGE + 1):
        written(one.run_id, "verdict", f"number {number}")
    news = kim.look(f"timeline/news?after={seen}")
    assert f"More than {PAGE} new entries" in news
    assert "hx-get" not in news


def test_text_stays_text() -> None:
    one, kim = told()
    note(one.run_id, one.actor("kim"), Click(reason=XSS))
    note(one.run_id, one.actor("kim"), Click(reason=XSS), about=2)
    written(one.run_id, "verdict", XSS, payload={XSS: XSS, "reason": XSS})
    query = {"q": XSS}
    pages = [
        kim.look("timeline/"),
        kim.client.get(kim.url("timeline/"), query).content.decode(),
        kim.client.get(kim.url("timeline/news"), query | {"after": 1}).content.decode(),
        kim.look("timeline/2/"),
        kim.look(f"timeline/{one.run.seq}/"),
    ]
    assert sum("&lt;img src=x onerror" in page for page in pages) >= 4
    for page in pages:
        assert "<img" not in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("show", ["", *Group])
@pytest.mark.parametrize("text", ["", "verdict"])
def test_it_asks_the_same_of_few_entries_and_of_many(show: str, text: str) -> None:
    few, many = build.world(), build.world()
    for one, count in ((few, 3), (many, 3 * PAGE)):
        for number in range(count):
            written(one.run_id, "verdict", f"verdict {number}", payload={"about": number})
            pins.pin(one.run_id, one.actor("kim"), Click(), number + 1)
            note(one.run_id, one.actor("kim"), Click(reason="verdict"), about=number + 1)
    wanted = Wanted(Group(show) if show else None, text)
    assert asked(few, wanted) == asked(many, wanted)


def asked(one: build.World, wanted: Wanted) -> int:
    with CaptureQueriesContext(connection) as queries:
        listing(one.run_id, wanted)
    return len(queries)
