"""The timeline in a browser: what is typed stays, what is read stays put, days are one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from playwright.sync_api import expect

from migrations_app.models import Event, Pin
from tests.browser.conftest import calm
from tests.web.history import written

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Desk
    from tests.web.build import World

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def before(desk: Desk, one: World, query: str = "", **options: object) -> Page:
    return desk.page(one, "kim", f"/runs/{one.run_id}/timeline/{query}", **options)


def act(page: Page, seq: int, label: str) -> None:
    entry = page.locator(f"#entry-{seq}")
    entry.hover()
    entry.get_by_text(label, exact=True).click()


def test_a_pin_changes_nothing_but_itself(desk: Desk) -> None:
    one = calm()
    page = before(desk, one)
    act(page, 3, "Note")
    page.fill("#note-3", "half a thought")
    act(page, 3, "Pin")
    expect(page.locator("#marks-3 .pinned")).to_be_visible()
    expect(page.locator("#pin-3")).to_be_focused()
    expect(page.locator("#note-3")).to_have_value("half a thought")
    assert Pin.objects.get(run=one.run_id).event.seq == 3
    page.keyboard.press("Enter")
    expect(page.locator("#marks-3 .pinned")).to_have_count(0)


def test_a_note_stands_beneath_its_entry_and_is_announced_as_another(desk: Desk) -> None:
    one = calm()
    page = before(desk, one)
    act(page, 3, "Note")
    page.fill("#note-3", "that was the vacuum")
    page.keyboard.press("Enter")
    expect(page.locator("#entry-3 .notes")).to_contain_text("that was the vacuum")
    expect(news(page)).to_have_text("1 new entry: show")


def news(page: Page) -> Locator:
    return page.locator("#news a")


def test_what_is_new_comes_when_asked_for_and_nothing_typed_is_lost(desk: Desk) -> None:
    one = calm()
    page = before(desk, one)
    act(page, 2, "Note")
    page.fill("#note-2", "half a thought")
    first = written(one.run_id, "verdict", "lag is fine")
    second = written(one.run_id, "drift", "web is at 7 %")
    expect(news(page)).to_have_text("2 new entries: show")
    expect(page.locator(f"#entry-{first}")).to_have_count(0)
    news(page).click()
    expect(page.locator(f"#entry-{second}")).to_be_visible()
    expect(page.locator(f"#entry-{second} .when")).to_be_focused()
    expect(page.locator("#entries .day")).to_have_count(1)
    expect(page.locator("#news")).to_be_empty()
    expect(page.locator("#note-2")).to_have_value("half a thought")
    written(one.run_id, "drift_gone", "web is at 5 %")
    expect(news(page)).to_have_text("1 new entry: show")


def test_a_filter_is_told_of_its_own_only(desk: Desk) -> None:
    one = calm()
    page = before(desk, one, "?show=metrics")
    written(one.run_id, "drift", "web is at 7 %")
    written(one.run_id, "verdict", "lag is fine")
    expect(news(page)).to_have_text("1 new entry: show")
    news(page).click()
    expect(page.locator("#entries .entry")).to_have_count(1)


def test_days_are_parted_at_the_viewers_midnight(desk: Desk) -> None:
    """A night on which Berlin goes from CEST to CET: one hour comes twice, one day has 25."""
    one = calm()
    moments = ["2026-10-24T21:59", "2026-10-24T22:01", "2026-10-25T00:30", "2026-10-25T01:30"]
    last = one.run.seq
    for number, moment in enumerate(moments):
        at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        _move(one, last - 3 + number, at)
    page = before(desk, one, f"?before={last + 1}", timezone_id="Europe/Berlin", locale="en-GB")
    shown = page.locator("#entries > li").all_inner_texts()[:6]
    assert [text.split("\n")[0] for text in shown] == [
        "Sunday, 25 October 2026 CET",
        *_times(page, last, 1),
        *_times(page, last - 1, 2),
        "Saturday, 24 October 2026 CEST",
        *_times(page, last - 3, 1),
    ]


def _times(page: Page, newest: int, count: int) -> list[str]:
    return [page.locator(f"#entry-{newest - n} time").first.inner_text() for n in range(count)]


def _move(one: World, seq: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Event.objects.filter(run=one.run_id, seq=seq).update(at=at)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_without_scripts_everything_is_there(desk: Desk) -> None:
    one = calm()
    page = before(desk, one, java_script_enabled=False)
    expect(page.locator(".day h2")).to_contain_text("UTC")
    page.locator(".chips").get_by_text("Decisions").click()
    assert "show=decisions" in page.url
    page.fill("#q", "started")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#entries .entry")).to_have_count(1)
    page.locator("#entries .entry").hover()
    page.get_by_role("button", name="Pin entry 2").click()
    assert page.url.endswith("/timeline/2/")
    expect(page.locator(".pinned")).to_be_visible()
    page.fill("#note-2", "said without a script")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".notes")).to_contain_text("said without a script")


def test_the_page_to_print_is_styled_under_its_own_policy(desk: Desk) -> None:
    one = calm()
    page = desk.page(one, "kim", f"/runs/{one.run_id}/timeline.html")
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
    page.emulate_media(media="print")
    header = page.locator(".timeline > thead")
    assert header.evaluate("(e) => getComputedStyle(e).display") == "table-header-group"
