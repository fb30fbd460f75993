"""Every page: readable by anybody, quiet on the console, inert to what people type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from migrations_app.actions import share, updates
from migrations_app.actions.public import project
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.steps import note
from migrations_app.actions.updates import Words
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.reads.plans import plan_of
from tests.browser.conftest import calm
from tests.web import build
from tests.web.comparisons import compared, going

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Desk

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POLYGLOT = (
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(alert(1))//%0D%0A<svg/onload=alert(1)>"
    "<script>alert(1)</script>"
)
PAGES = {
    "room": "/runs/{run}/",
    "timeline": "/runs/{run}/timeline/",
    "entry": "/runs/{run}/timeline/3/",
    "comms": "/runs/{run}/comms/",
    "composer": "/runs/{run}/comms/?audience=public&template=moved",
    "draft": "/runs/{run}/comms/?draft=2",
    "share": "/runs/{run}/share/",
    "metrics": "/runs/{run}/metrics/",
    "parity": "/runs/{run}/parity/",
    "past": "/runs/{run}/metrics/errors/past",
    "plan": "/runs/{run}/plan/",
    "preview": "/runs/{run}/preview/half",
    "watch": "/runs/{run}/watch/",
    "runs": "/",
    "account": "/account/",
    "status": "/status/orders/",
}
OPEN = {"login": "/login/", "status": "/status/orders/", "nowhere": "/nowhere/"}


def furnished(text: str = "All is well") -> build.World:
    """A room with something on every page, said in `text`."""
    comms = {"public_title": "Orders", "cadence": "20m",
             "components": [{"name": "checkout", "title": "Checkout"}]}  # fmt: skip
    checks = [{"source": "metrics", "query": one["name"], **one} for one in build.CHECKS]
    checks[0]["title"] = text[:150]
    one = calm(comms=comms, checks=checks, title=text[:150])
    kim = one.actor("kim")
    page = share.open_to(one.run_id, kim, "everybody", slug="orders")
    page.intro = text[:200]  # the desk would not let it out: the page has to stand it all the same
    project(page, plan_of(one.run).plan)
    page.save()
    for audience in (Audience.INTERNAL, Audience.INTERNAL):
        saved = updates.begin(one.run_id, kim, Click(), Words(audience, text[:190], text))
        if saved.number == 1:
            publish(one.run_id, kim, Click(), Publishing(1, saved.version))
    note(one.run_id, one.actor("ana"), Click(reason=text))
    build.readings(one, "errors", [0.1, None, 0.3, 0.2], 0.1)
    build.judged(one, "errors", "FAIL", text)
    build.judged(one, "lag", "NO_DATA", text)
    compared(one, differing=3)
    going(one)
    return one


def violations(page: Page) -> list[str]:
    """What axe calls serious or worse."""
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_every_page(desk: Desk, theme: str) -> None:
    one = furnished()
    context = desk.context(one, "ana", color_scheme=theme)
    context.add_cookies([{"name": "theme", "value": theme, "url": desk.server.url}])
    page = context.new_page()
    found = {}
    for name, path in PAGES.items():
        page.goto(path.format(run=one.run_id))
        page.wait_for_load_state("networkidle" if "stream" not in page.content() else "load")
        if wrong := violations(page):
            found[name] = wrong
    assert found == {}


def test_everybody_can_read_what_is_open_to_everybody(desk: Desk) -> None:
    furnished()
    page = desk.context().new_page()
    found = {}
    for name, path in OPEN.items():
        page.goto(path)
        if wrong := violations(page):
            found[name] = wrong
    assert found == {}
    desk.complaints[:] = [one for one in desk.complaints if "404" not in one]


def test_what_people_type_stays_text_on_every_page(desk: Desk) -> None:
    one = furnished(POLYGLOT)
    context = desk.context(one, "ana")
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for path in PAGES.values():
        page.goto(path.format(run=one.run_id))
        page.wait_for_load_state("load")
    page.goto(f"/runs/{one.run_id}/")
    expect(page.locator("#link")).to_have_text("connected")
    page.locator("#note-reason").fill(POLYGLOT)
    page.locator("#do-note").click()
    expect(page.locator("#said")).not_to_be_empty()
    expect(page.locator("#timeline")).to_contain_text("alert(1)")


@pytest.mark.parametrize("width", [360, 768, 1366])
def test_no_page_is_wider_than_its_screen(desk: Desk, width: int) -> None:
    one = furnished()
    page = desk.context(one, "ana", viewport={"width": width, "height": 740}).new_page()
    wide = {}
    for name, path in PAGES.items():
        page.goto(path.format(run=one.run_id))
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            wide[name] = over
    assert wide == {}
