"""The room, live: what one does the other sees; what is lost is said; what is typed stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from migrations_app.actions.gate import no_go
from migrations_app.domain.actor import Click
from migrations_app.models import Run
from tests.browser.cable import Cable
from tests.browser.conftest import calm
from tests.web import build

if TYPE_CHECKING:
    from tests.browser.conftest import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_one_decides_the_other_sees_without_reloading(desk: Desk) -> None:
    one = calm()
    ana, ravi = desk.sit(one, "ana"), desk.sit(one, "ravi")
    expect(ana.go).to_be_disabled()
    expect(ana.go).to_contain_text("GO waits for database")
    ravi.at("#do-sign-database").click()
    expect(ana.at("#people")).to_contain_text("GO")
    expect(ana.go).to_be_enabled()
    ana.go.click()
    expect(ravi.state).to_contain_text("SHIFTING")
    expect(ravi.timeline).to_contain_text("Go at gate 1 by ana")
    expect(ana.said).not_to_be_empty()
    build.settled(one)
    expect(ana.state).not_to_contain_text("SHIFTING")


def test_one_click_rolls_back_and_everybody_sees_how_far_it_is(desk: Desk) -> None:
    one = calm()
    ana, kim = desk.sit(one, "ana"), desk.sit(one, "kim")
    ana.roll_back.click()
    for room in (ana, kim):
        expect(room.state).to_contain_text("ROLLED BACK")
        expect(room.at("#routes .ladder").first).to_contain_text("requested")
        expect(room.at("#routes .ladder").first).to_contain_text("confirmed")
    expect(ana.said).not_to_be_empty()
    assert ana.page.title().startswith("◀ ROLLED BACK")
    assert Run.objects.get(pk=one.run_id).state == "rolled_back"


def test_a_lost_stream_says_stale_and_takes_go_away_but_never_roll_back(desk: Desk) -> None:
    one = calm()
    ravi, ana = desk.sit(one, "ravi"), desk.sit(one, "ana")
    ravi.at("#do-sign-database").click()
    expect(ana.go).to_be_enabled()
    desk.server.stop()
    expect(ana.link).to_contain_text("STALE")
    expect(ana.at("#age")).to_contain_text("s ago")
    expect(ana.go).to_be_disabled()
    expect(ana.roll_back).to_be_enabled()
    assert ana.page.title().startswith("✖ STALE")
    assert str(ana.at("#icon").get_attribute("href")).endswith("stale.svg")
    desk.server.start()
    expect(ana.link).to_have_text("connected")
    expect(ana.go).to_be_enabled()
    desk.complaints.clear()  # the browser says that the server was gone


def test_nothing_is_missed_and_nothing_typed_is_lost(desk: Desk) -> None:
    one = calm()
    ana, context = desk.sit(one, "ana"), desk.contexts[0]
    ana.note.fill("half a thou")
    ana.note.focus()
    desk.server.stop()
    expect(ana.link).to_contain_text("STALE")
    no_go(one.run_id, one.actor("ravi"), Click(reason="lag is odd"))
    desk.server.start()
    expect(ana.link).to_have_text("connected")
    expect(ana.timeline).to_contain_text("lag is odd")
    expect(ana.state).to_contain_text("HELD")
    expect(ana.note).to_have_value("half a thou")
    expect(ana.note).to_be_focused()
    assert context.pages == [ana.page]
    desk.complaints.clear()  # the browser says that the server was gone


def test_a_browser_without_a_network_says_so_and_comes_back(desk: Desk) -> None:
    one = calm()
    cable = Cable(desk.server.port)
    ana = desk.sit(one, "ana", base_url=cable.url)
    cable.cut()
    desk.contexts[0].set_offline(True)
    expect(ana.link).to_contain_text("STALE")
    no_go(one.run_id, one.actor("ravi"), Click(reason="while you were away"))
    cable.mend()
    desk.contexts[0].set_offline(False)
    expect(ana.timeline).to_contain_text("while you were away")
    expect(ana.link).to_have_text("connected")
    desk.contexts[0].close()
    cable.close()
    desk.complaints.clear()  # the browser says that the network was gone


def test_a_click_on_an_old_screen_is_answered_with_the_fresh_one(desk: Desk) -> None:
    one = calm()
    ravi = desk.sit(one, "ravi")
    ravi.page.route("**/stream*", lambda route: route.abort())
    ravi.page.reload()
    no_go(one.run_id, one.actor("lena"), Click(reason="look at lag"))
    ravi.at("#do-sign-database").click()
    expect(ravi.refusal).to_contain_text("The room moved on")
    expect(ravi.state).to_contain_text("HELD")
    desk.complaints.clear()  # the stream was taken away on purpose, and a 409 is a complaint


def test_a_session_that_ends_leads_to_the_door_and_does_nothing(desk: Desk) -> None:
    one = calm()
    ravi = desk.sit(one, "ravi")
    Session.objects.all().delete()
    ravi.at("#do-sign-database").click()
    expect(ravi.page).to_have_url(re.compile("/login/"))
    assert not one.run.gates.filter(signoffs__isnull=False).exists()
    desk.complaints.clear()  # a 401 is a complaint


def test_a_browser_that_forgot_everything_is_led_to_the_door(desk: Desk) -> None:
    one = calm()
    ravi = desk.sit(one, "ravi")
    desk.contexts[0].clear_cookies()
    ravi.at("#do-sign-database").click()
    expect(ravi.page).to_have_url(re.compile("/login/"))
    desk.complaints.clear()  # a 403 is a complaint


def test_a_question_of_the_page_itself_marks_no_button_as_busy(desk: Desk) -> None:
    """What I may do is asked for on the body's behalf."""
    one = calm()
    ana = desk.sit(one, "ana")
    ana.page.evaluate("document.body.classList.add('htmx-request')")
    busy = "getComputedStyle(document.getElementById('do-roll-back'), '::after').content"
    assert ana.page.evaluate(busy) == "none"
    ana.page.evaluate("document.getElementById('do-roll-back').form.classList.add('htmx-request')")
    assert "…" in ana.page.evaluate(busy)
