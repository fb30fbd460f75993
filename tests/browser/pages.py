"""The room as a person handles it. Every selector of the tests is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from typing import Self

    from playwright.sync_api import Locator, Page

    from tests.web.build import World


@dataclass(frozen=True, slots=True)
class RoomPage:
    """One browser before one room."""

    page: Page
    one: World

    def open(self) -> Self:
        """Load the room and wait until its stream has spoken."""
        self.page.goto(f"/runs/{self.one.run_id}/")
        expect(self.link).to_have_text("connected")
        return self

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    @property
    def link(self) -> Locator:
        return self.at("#link")

    @property
    def state(self) -> Locator:
        return self.at("#banner .state")

    @property
    def go(self) -> Locator:
        return self.at("#do-go")

    @property
    def roll_back(self) -> Locator:
        return self.at("#do-roll-back")

    @property
    def note(self) -> Locator:
        return self.at("#note-reason")

    @property
    def timeline(self) -> Locator:
        return self.at("#timeline")

    @property
    def refusal(self) -> Locator:
        return self.at("#refusal")

    @property
    def said(self) -> Locator:
        return self.at("#said")
