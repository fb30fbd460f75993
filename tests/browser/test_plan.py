"""The plan, what will happen, and the page of those who watch, in a browser."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from migrations_app.actions.gate import no_go
from migrations_app.actions.load import load
from migrations_app.actions.start import plan_run
from migrations_app.domain.actor import Click
from migrations_app.domain.plan import runbook
from migrations_app.domain.plan.schema import Plan
from migrations_app.drivers.fake.faults import Faults
from tests.browser.cable import Cable
from tests.browser.conftest import calm
from tests.browser.test_pages import violations
from tests.web import build

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def watching(desk: Desk, one: build.World, **options: object) -> Page:
    """Otto, who only observes, before the page for those who watch, connected."""
    page = desk.page(one, "otto", f"/runs/{one.run_id}/watch/", **options)
    expect(page.locator("#link")).to_have_text("connected")
    return page


def with_a_text(lines: int) -> build.World:
    """A planned run whose runbook begins with so many lines of comment."""
    one = build.world()
    text = "# think\n" * lines + runbook.dump(Plan.model_validate(one.run.migration.plan))
    load(runbook.load(text), text=text)
    run = plan_run(one.run.migration_id, "rehearsal", one.actor("ana"))
    return build.World(one.number, run.pk, one.users)


def test_who_watches_sees_what_the_dri_decides(desk: Desk) -> None:
    one = calm()
    page, ana = watching(desk, one), desk.sit(one, "ana")
    expect(page.locator("#story .headline")).to_contain_text("waits at its gate")
    ana.at("#open-no-go summary").click()
    ana.at("#no-go-reason").fill("not before the backup")
    ana.page.keyboard.press("Enter")
    expect(page.locator("#story .headline")).to_contain_text("Held in phase 1 of 3")
    expect(page.locator("#banner")).to_contain_text("not before the backup")
    expect(page.locator("#story")).to_contain_text("nobody can say")
    assert page.title().startswith("∥ HELD")


def test_who_watches_has_nothing_to_press(desk: Desk) -> None:
    page = watching(desk, calm())
    expect(page.locator("main :is(button, input, select, textarea, form)")).to_have_count(0)
    for key in "gonrt/?":
        page.keyboard.press(key)


def test_who_watches_is_told_when_it_is_old_and_misses_nothing(desk: Desk) -> None:
    one = calm()
    cable = Cable(desk.server.port)
    page = watching(desk, one, base_url=cable.url)
    cable.cut()
    expect(page.locator("#link")).to_contain_text("STALE")
    assert page.title().startswith("✖ STALE")
    ana = desk.sit(one, "ana")
    ana.at("#open-no-go summary").click()
    ana.at("#no-go-reason").fill("wait")
    ana.page.keyboard.press("Enter")
    expect(ana.state).to_contain_text("HELD")
    cable.mend()
    expect(page.locator("#link")).to_have_text("connected")
    expect(page.locator("#story .headline")).to_contain_text("Held")
    page.close()
    cable.close()
    desk.complaints[:] = [one for one in desk.complaints if "net::ERR" not in one]


def test_what_will_happen_opens_in_the_room_without_a_word_to_the_planes_before(
    desk: Desk,
) -> None:
    one = calm()
    ana = desk.sit(one, "ana")
    expect(ana.at("#will-happen .preview")).to_have_count(0)
    ana.at("#will-happen summary").click()
    told = ana.at("#will-happen .preview")
    expect(told).to_contain_text("Web traffic")
    expect(told).to_contain_text("50 %")
    expect(ana.roll_back).to_be_in_viewport()


def test_a_phase_of_the_plan_opens_its_preview_and_leads_to_its_lines(desk: Desk) -> None:
    one = with_a_text(300)
    page = desk.page(one, "otto", f"/runs/{one.run_id}/plan/")
    page.click("#exactly-half summary")
    expect(page.locator("#exactly-text-half .preview")).to_contain_text("GREEN from")
    lines = page.locator("#runbook-phase-half")
    expect(lines).not_to_be_in_viewport()
    page.click("#phase-half .to-lines")
    expect(lines).to_be_in_viewport()
    assert page.url.endswith("#runbook-phase-half")
    expect(lines.locator("li").first).to_contain_text("name: half")


def test_the_runbook_follows_the_phase_that_is_read(desk: Desk) -> None:
    one = with_a_text(300)
    page = desk.page(one, "otto", f"/runs/{one.run_id}/plan/#phase-all")
    expect(page.locator("#phase-all")).to_be_in_viewport()
    expect(page.locator("#runbook-phase-all.shown, #runbook-phase-half.shown")).to_be_in_viewport()


def test_numbers_of_lines_are_those_of_the_text_and_are_not_copied(desk: Desk) -> None:
    one = with_a_text(3)
    page = desk.page(one, "otto", f"/runs/{one.run_id}/plan/")
    stretch = page.locator("#runbook-migration")
    assert stretch.get_attribute("start") == "4"
    assert stretch.inner_text().splitlines()[0].startswith("migration:")


def test_the_plan_is_printed_whole(desk: Desk) -> None:
    """On paper nothing scrolls: every line of the runbook takes its place."""
    one = with_a_text(300)
    page = desk.page(one, "otto", f"/runs/{one.run_id}/plan/")
    page.emulate_media(media="print")
    cut = "(e) => e.scrollHeight - e.clientHeight"
    assert page.locator("#code").evaluate(cut) <= 1
    expect(page.locator("header.top")).to_be_hidden()


def test_on_a_phone_the_ladder_shows_the_phase_that_is_climbed(desk: Desk) -> None:
    number = 12
    phases = [{"name": f"p{at}", "title": f"Step {at}", "weights": {"web": at},
               "gate": {"checks": ["errors"]}} for at in range(number)]  # fmt: skip
    one = calm(phases=phases)
    one.run.__class__.objects.filter(pk=one.run_id).update(phase=number - 2)
    page = desk.page(one, "otto", f"/runs/{one.run_id}/plan/",
                     viewport={"width": 360, "height": 740})  # fmt: skip
    expect(page.locator(".climb [aria-current]")).to_be_in_viewport()


PAGES = ("plan/", "watch/", "preview/half", "preview/all")


def troubled() -> build.World:
    """A run with a plane that drifted, one that is silent, a check that fails and one unread."""
    one = calm()
    one.plane("web").drift(Decimal(7))
    one.plane("flag").inject(Faults(unreachable=True))
    build.judged(one, "errors", "FAIL", "errors is 0.41 %, above 0.3 %")
    build.judged(one, "lag", "NO_DATA", "lag was not read")
    no_go(one.run_id, one.actor("ravi"), Click(reason="errors"))
    return one


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_them_in_trouble_too(desk: Desk, theme: str) -> None:
    one = troubled()
    context = desk.context(one, "otto")
    context.add_cookies([{"name": "theme", "value": theme, "url": desk.server.url}])
    page, found = context.new_page(), {}
    for name in PAGES:
        page.goto(f"/runs/{one.run_id}/{name}")
        if wrong := violations(page):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize("width", [360, 768, 1366])
def test_none_is_wider_than_its_screen(desk: Desk, width: int) -> None:
    one = troubled()
    page = desk.context(one, "otto", viewport={"width": width, "height": 740}).new_page()
    wide = {}
    for name in PAGES:
        page.goto(f"/runs/{one.run_id}/{name}")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[name] = over
    assert wide == {}
