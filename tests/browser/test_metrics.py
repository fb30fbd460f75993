"""The metrics page in a real browser: one crosshair through all charts, by mouse and by key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from migrations_app.models import Run
from migrations_app.models.clock import db_now
from tests.browser.conftest import calm
from tests.web.test_metrics import taken

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(desk: Desk) -> Page:
    """Ten minutes in, with a minute of readings."""
    one = calm()
    Run.objects.filter(pk=one.run_id).update(started_at=db_now() - timedelta(minutes=10))
    taken(one, "errors", [0.1, 0.2, 0.1, 0.2] * 3)
    taken(one, "p95", [180.0, 190.0] * 6, blue=200.0)
    found = desk.page(one, "otto", f"/runs/{one.run_id}/metrics/")
    expect(found.locator("figure.check")).to_have_count(3)
    return found


def test_the_mouse_reads_all_charts_at_once(page: Page) -> None:
    box = page.locator("figure.check .drawn").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 40)
    expect(page.locator("#check-errors .read .green")).to_have_text("0.2 %")
    expect(page.locator("#check-p95 .read .green")).to_have_text("190 ms")
    expect(page.locator("#check-p95 .read .blue")).to_have_text("200 ms")
    page.mouse.move(5, 5)
    expect(page.locator("#check-errors .read .green")).to_have_text("")


def test_dragging_looks_closer_and_a_double_click_steps_back(page: Page) -> None:
    box = page.locator("figure.check .drawn").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40, steps=4)
    page.mouse.up()
    page.wait_for_url("**?from=*")
    ends = page.locator(".ruler").evaluate("one => [one.dataset.from, one.dataset.to]")
    span = page.evaluate("([from, to]) => Date.parse(to) - Date.parse(from)", ends)
    assert 140_000 < span < 160_000
    page.locator("figure.check .drawn").first.dblclick()
    page.wait_for_url("**/metrics/")


def test_the_keyboard_reads_and_looks_closer_too(page: Page) -> None:
    page.locator("#check-errors .drawn").focus()
    page.keyboard.press("End")
    expect(page.locator("#readout")).to_contain_text("Failed requests GREEN 0.2 %")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#check-errors .cross")).to_have_attribute("x1", "995")
    for _ in range(3):
        page.keyboard.press("Shift+PageUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**?from=*")


def test_the_axis_shows_the_viewers_own_time(desk: Desk) -> None:
    one = calm()
    start = db_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    Run.objects.filter(pk=one.run_id).update(started_at=start)
    path = f"/runs/{one.run_id}/metrics/"
    page = desk.page(one, "otto", path, timezone_id="Asia/Kathmandu")
    first = page.locator(".ticks text").first
    own = (start + timedelta(hours=5, minutes=45)).strftime("%H:%M")
    expect(first).to_have_text(own)


def test_the_past_opens_in_place(page: Page) -> None:
    page.locator("#check-errors .past a").click()
    expect(page.locator("#past-errors")).to_contain_text("before the run")
