"""A night on the practice range, and what of it is photographed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.cable import Cable
from tests.pictures.stage import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.pictures.stage import Stage


MOVING = (
    "We are moving orders to a new database",
    "Nothing changes for you. If anything does, we say so here.",
)
BACK = (
    "Everything is back on the old database",
    "No order was lost, and checkout works as always. We look into it and try again another night.",
)
LEAK = (
    "Half of the orders are served by the new database",
    "Everything works. The change on db-green-1.internal.example goes on.",
)


@dataclass
class Story:
    """Ana decides, Raj answers for the data, Lee for the traffic, Kim tells the world."""

    stage: Stage
    ana: Page
    raj: Page
    lee: Page
    kim: Page

    @classmethod
    def begun(cls, stage: Stage) -> Story:
        return cls(stage, *(stage.room(name) for name in ("ana", "raj", "lee", "kim")))

    def tell(self) -> None:
        self._gate()
        self._announce()
        self._forward("Canary 1 %")
        self._forward("Canary 5 %")
        self._forward("Canary 10 %")
        self._forward("Canary 25 %")
        self._calm()
        self._read()
        self._failing()
        self._lost()
        self._back()
        self._told()

    def _gate(self) -> None:
        """The first gate waits for a step and for a person."""
        expect(self._state).to_contain_text("GATE")
        self.stage.take(self.ana, "room-gate")
        self.lee.locator("#do-take-dashboards").click()
        self.lee.locator("#do-step-dashboards").click()

    def _forward(self, title: str) -> None:
        """Sign off, Go, and wait until the next phase holds."""
        expect(self._state).to_contain_text("GATE")
        go = self.ana.locator("#do-go")
        sign = self.raj.locator("#do-sign-database")
        if "database" in go.inner_text():
            sign.click()
        expect(go).to_be_enabled()
        expect(go).to_contain_text(title)
        go.click()
        expect(self._state).not_to_contain_text("GATE")

    def _calm(self) -> None:
        """Traffic moved, nothing to do."""
        expect(self._state).to_contain_text("BAKING")
        expect(self.ana.locator("#foot")).to_contain_text("all delivered")
        self.stage.take(self.ana, "room-calm")
        expect(self._state).to_contain_text("GATE")
        self.raj.locator("#do-sign-database").click()
        expect(self.ana.locator("#do-go")).to_be_enabled()
        self.stage.take(self.ana, "room")
        self._picture("room-dark", dark=True)
        self._picture("room-phone", **PHONE)

    def _picture(self, name: str, *, dark: bool = False, **options: Any) -> None:
        page = self.stage.room("ana", dark=dark, **options)
        self.stage.take(page, name)
        page.context.close()

    def _announce(self) -> None:
        """Something for the public, and a page to read it on."""
        desk, run = self.kim, f"/runs/{self.stage.demo.run}"
        desk.goto(f"{run}/share/")
        desk.get_by_role("radio", name="everybody").check()
        desk.locator("#slug").fill("orders")
        desk.locator("#do-open").click()
        self._publish(*MOVING, "in_progress")

    def _publish(self, headline: str, body: str, stage: str) -> None:
        self._draft(headline, body, stage)
        self.kim.locator("#do-publish").click()
        self.kim.wait_for_load_state()

    def _draft(self, headline: str, body: str, stage: str) -> None:
        desk = self.kim
        desk.goto(f"/runs/{self.stage.demo.run}/comms/?audience=public")
        desk.locator("#headline").fill(headline)
        desk.locator("#body").fill(body)
        desk.locator("#stage").select_option(stage)
        desk.locator("#do-begin").click()
        desk.wait_for_load_state()

    def _told(self) -> None:
        """The comms desk with a draft that gives something away, and what the public reads."""
        self._publish(*BACK, "rolled_back")
        self._draft(*LEAK, "in_progress")
        self.stage.take(self.kim, "comms")
        screens: dict[str, dict[str, Any]] = {"status": {}, "status-phone": PHONE}
        for name, options in screens.items():
            page = self.stage.page("", "/status/orders/", **options)
            self.stage.take(page, name)
            page.context.close()

    def _read(self) -> None:
        """Pages to read while it is calm."""
        run = f"/runs/{self.stage.demo.run}"
        places = {"timeline": f"{run}/timeline/", "metrics": f"{run}/metrics/",
                  "plan": f"{run}/plan/", "watch": f"{run}/watch/", "runs": "/"}  # fmt: skip
        for name, path in places.items():
            page = self.stage.page("ana", path)
            self.stage.take(page, name)
            page.context.close()

    def _failing(self) -> None:
        """A check fails at the gate; Go takes a reason."""
        self._ail("Wrong data")
        expect(self.ana.locator("#gate")).to_contain_text("FAIL")
        self.ana.evaluate("scrollTo(0, 0)")
        self.stage.take(self.ana, "room-failing")
        self._ail("Make GREEN well")
        expect(self.ana.locator("#gate")).not_to_contain_text("FAIL")

    def _ail(self, button: str) -> None:
        self.ana.get_by_role("button", name=button, exact=True).click()

    def _lost(self) -> None:
        """A browser that lost its stream."""
        cable = Cable(self.stage.demo.port)
        page = self.stage.room("raj", base_url=cable.url)
        cable.cut()
        page.context.set_offline(True)
        expect(page.locator("#link")).to_contain_text("STALE")
        self.stage.take(page, "room-stale")
        page.context.close()
        cable.close()

    def _back(self) -> None:
        """The load balancer takes its time, so that one sees the way back."""
        with self.stage.demo.frozen("haproxy"):
            self.ana.locator("#do-roll-back").click(no_wait_after=True)
            expect(self.raj.locator("#routes")).to_contain_text("requested")
            self.stage.take(self.raj, "room-rolling-back")
        expect(self._state).to_contain_text("ROLLED BACK")
        self.stage.take(self.ana, "room-rolled-back")

    @property
    def _state(self) -> Locator:
        return self.ana.locator("#banner .state")
