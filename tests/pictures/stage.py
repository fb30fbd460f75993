"""People before their screens, and a camera."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from migrations_app.practice.demo.seed import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.pictures.demo import Demo

AT: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures"
HEAVIEST: Final = 300_000
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1366, "height": 768}}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2,
    "is_mobile": True, "has_touch": True,
}  # fmt: skip
PATIENCE_MS: Final = 60_000
BERLIN: Final[dict[str, Any]] = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}


@dataclass
class Stage:
    """`taken` are the pictures so far: name and bytes."""

    demo: Demo
    browser: Browser
    place: Path = AT
    taken: dict[str, int] = field(default_factory=dict)
    _cookies: dict[str, Any] = field(default_factory=dict)

    def page(self, name: str, path: str, *, dark: bool = False, **options: Any) -> Page:
        """`name` before a page, signed in; nobody is anybody."""
        context = self._context(name, dark=dark, **(DESK | options))
        page = context.new_page()
        page.goto(path)
        return page

    def room(self, name: str, **options: Any) -> Page:
        """`name` before the room, connected."""
        page = self.page(name, f"/runs/{self.demo.run}/", **options)
        expect(page.locator("#link")).to_have_text("connected")
        return page

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """A picture, without a caret in it."""
        self.place.mkdir(exist_ok=True)
        data = page.screenshot(
            path=self.place / f"{name}.png", full_page=whole, animations="disabled"
        )
        assert len(data) < HEAVIEST, f"{name}.png is too heavy: {len(data)} bytes"
        self.taken[name] = len(data)

    def _context(self, name: str, *, dark: bool, **options: Any) -> BrowserContext:
        told = BERLIN | {"base_url": self.demo.url} | options
        context = self.browser.new_context(**told)
        context.set_default_timeout(PATIENCE_MS)
        if dark:
            context.add_cookies([{"name": "theme", "value": "dark", "url": told["base_url"]}])
        if name:
            self._sign_in(context, name)
        return context

    def _sign_in(self, context: BrowserContext, name: str) -> None:
        if name not in self._cookies:
            page = context.new_page()
            page.goto(f"{self.demo.url}/login/")
            page.locator("#username").fill(name)
            page.locator("#password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(f"{self.demo.url}/")
            self._cookies[name] = [one for one in context.cookies() if one["name"] == "sessionid"]
            page.close()
        context.add_cookies(self._cookies[name])
