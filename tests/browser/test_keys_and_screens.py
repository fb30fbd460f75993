"""Keyboard, small screens, no scripts, other schemes: the room is the same room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from migrations_app.models import Run
from tests.browser.conftest import calm
from tests.web import build

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Desk
    from tests.browser.pages import RoomPage

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGNED = {"gate": {"checks": ["errors", "p95", "lag"], "roles": ["dri"], "deadline": "30m"}}


def signed() -> build.World:
    """A gate at which nothing is missing but the DRI's Go."""
    first = {**build.PHASES[0], "steps": [], **SIGNED}
    return calm(phases=[first, *build.PHASES[1:]])


def in_sight(room: RoomPage, *selectors: str) -> None:
    """Every one of them is wholly within the screen, unscrolled."""
    size = room.page.viewport_size
    assert size is not None
    for selector in selectors:
        box = room.at(selector).first.bounding_box()
        assert box is not None, selector
        assert box["x"] >= 0, selector
        assert box["y"] >= 0, selector
        assert box["x"] + box["width"] <= size["width"] + 1, selector
        assert box["y"] + box["height"] <= size["height"] + 1, selector


def test_go_with_the_keyboard_alone(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    ana.page.keyboard.press("o")
    expect(ana.go).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.state).to_contain_text("SHIFTING")
    expect(ana.said).not_to_be_empty()


def test_roll_back_with_the_keyboard_alone(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    ana.page.keyboard.press("r")
    expect(ana.roll_back).to_be_focused()
    assert Run.objects.get(pk=one.run_id).state == "gate"
    ana.page.keyboard.press("Enter")
    expect(ana.state).to_contain_text("ROLLED BACK")
    expect(ana.said).not_to_be_empty()


def test_everything_can_be_reached_by_tab(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    seen = set()
    for _ in range(80):
        ana.page.keyboard.press("Tab")
        seen.add(ana.page.evaluate("document.activeElement.id"))
    assert {"do-go", "do-roll-back", "note-reason"} <= seen


def test_the_keys_are_listed_and_typing_is_left_alone(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    ana.page.keyboard.press("?")
    expect(ana.at("#keys")).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.at("#keys")).to_be_hidden()
    ana.page.keyboard.press("/")
    expect(ana.note).to_be_focused()
    ana.page.keyboard.type("gonr?")
    expect(ana.note).to_have_value("gonr?")


def test_no_go_asks_why(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    ana.page.keyboard.press("n")
    expect(ana.at("#no-go-reason")).to_be_focused()
    ana.page.keyboard.type("p95 looks odd")
    ana.page.keyboard.press("Enter")
    expect(ana.state).to_contain_text("HELD")
    expect(ana.timeline).to_contain_text("p95 looks odd")
    expect(ana.said).not_to_be_empty()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720), (1920, 1080)])
def test_state_gate_and_way_back_are_in_sight_on_a_desk(
    desk: Desk, width: int, height: int
) -> None:
    one = signed()
    ana = desk.sit(one, "ana", viewport={"width": width, "height": height})
    in_sight(ana, "#banner .state", "#gate .check:last-child", "#do-go", "#do-roll-back")
    assert not scrolls(ana)


def test_state_gate_and_way_back_are_in_sight_on_a_phone(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana", viewport={"width": 360, "height": 740}, has_touch=True)
    in_sight(ana, "#banner .state", "#gate h2", "#do-roll-back")
    assert sideways(ana) == 0
    height = box_height(ana.roll_back)
    assert height >= 48
    ana.at("#people").scroll_into_view_if_needed()
    in_sight(ana, "#do-roll-back")


def box_height(what: Locator) -> float:
    box = what.bounding_box()
    assert box is not None
    return float(box["height"])


def scrolls(room: RoomPage) -> bool:
    return bool(
        room.page.evaluate(
            "document.documentElement.scrollHeight > document.documentElement.clientHeight + 1"
        )
    )


def sideways(room: RoomPage) -> int:
    return int(
        room.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    )


def test_without_scripts_people_decide_all_the_same(desk: Desk) -> None:
    one = signed()
    page = desk.page(one, "ana", f"/runs/{one.run_id}/", java_script_enabled=False)
    page.locator("#do-go").click()
    expect(page.locator("#banner .state")).to_contain_text("SHIFTING")
    expect(page.locator("#said")).to_contain_text("Go at gate 1 by ana")
    page.locator("#do-roll-back").click()
    expect(page.locator("#banner .state")).to_contain_text("ROLLED BACK")


def test_dark_is_a_choice_that_stays(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana", color_scheme="dark")
    light = ana.page.evaluate("getComputedStyle(document.body).backgroundColor")
    ana.at("#theme").click()
    dark = ana.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    ana.page.reload()
    assert ana.page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_nothing_moves_for_who_wants_nothing_to_move(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana", reduced_motion="reduce")
    ana.roll_back.click()
    expect(ana.state).to_contain_text("ROLLED BACK")
    expect(ana.said).not_to_be_empty()
    assert ana.page.evaluate("document.getAnimations().length") == 0


def test_changes_are_said_to_who_listens(desk: Desk) -> None:
    one = signed()
    ana = desk.sit(one, "ana")
    assert ana.at("#say").get_attribute("role") == "status"
    assert ana.at("#alarm").get_attribute("role") == "alert"
    ana.go.click()
    expect(ana.at("#say")).to_contain_text("shifting", ignore_case=True)
    expect(ana.said).not_to_be_empty()


def test_a_night_when_the_clocks_change(desk: Desk) -> None:
    """25 October 2026: in Berlin 02:30 comes twice. The zone's name and UTC tell them apart."""
    one = signed()
    ana = desk.sit(one, "ana", timezone_id="Europe/Berlin", locale="en-GB")
    said = ana.page.evaluate(
        """() => ["2026-10-25T00:30:00.000+00:00", "2026-10-25T01:30:00.000+00:00"].map((at) => {
          const time = document.createElement("time");
          time.dateTime = at; time.dataset.moment = "";
          tell(time);
          return [time.textContent, time.title];
        })"""
    )
    (first, first_title), (second, second_title) = said
    assert "02:30" in first
    assert "02:30" in second
    assert first != second
    assert "00:30" in first_title
    assert "01:30" in second_title
