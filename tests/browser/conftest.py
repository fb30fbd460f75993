"""A browser before the real web process, and a run in the state a test wants it in."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from migrations_app.practice.ports import free_port
from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.pages import RoomPage
from tests.live.conftest import Server
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.web.build import World

PATIENCE_MS = 20_000


@pytest.fixture(scope="module", autouse=True)
def _django_beside_playwright() -> Iterator[None]:
    """Playwright's own event loop runs in this thread, and Django takes that for asynchronous code.

    It is not: every call here blocks, as in any other test.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def _one_server(django_db_setup: None) -> Iterator[Server]:
    one = Server(free_port(), settings.WARROOM_REDIS_URL)
    yield one
    one.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a module; each test opens contexts of its own.

    Playwright's loop counts as running in this thread until it is stopped, and tests of another
    module that run loops of their own would fail beside it.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        path = executable(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Desk:
    """Where people sit down: each `sit` is a browser of its own, signed in."""

    server: Server
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def context(self, one: World | None = None, name: str = "", **options: Any) -> BrowserContext:
        """A browser, signed in as `name` if given. What it complains about is kept."""
        options = {
            "viewport": {"width": 1366, "height": 768}, "base_url": self.server.url,
        } | options  # fmt: skip
        context = self.chromium.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        if one is not None and name:
            client = Client()
            client.force_login(one.users[name])
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": options["base_url"]}]
            )
        context.on("console", lambda message: self._heard(message.type, message.text))
        context.on("weberror", lambda error: self._heard("error", str(error.error)))
        self.contexts.append(context)
        return context

    def sit(self, one: World, name: str, **options: Any) -> RoomPage:
        """`name` before the room of `one`, connected."""
        page = self.context(one, name, **options).new_page()
        return RoomPage(page, one).open()

    def page(self, one: World, name: str, path: str, **options: Any) -> Page:
        """`name` before any page."""
        page = self.context(one, name, **options).new_page()
        page.goto(path)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        _until_nobody_is_at_the_database()


@pytest.fixture
def desk(_one_server: Server, chromium: Browser, transactional_db: None) -> Iterator[Desk]:
    """The web process and a browser. A page that complains on its console fails the test."""
    one = Desk(_one_server.start(), chromium)
    yield one
    one.close()
    assert one.complaints == []


def _until_nobody_is_at_the_database() -> None:
    """Tables are emptied next, and the web process may still be answering somebody who left."""
    until = time.monotonic() + PATIENCE_MS / 1000
    left: list[tuple[object, ...]] = []
    others = (
        "SELECT state, application_name, query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(others)
            left = cursor.fetchall()
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError(f"the web process is still at work: {left}")


def calm(**changes: Any) -> World:
    """A gate that waits for the database's sign-off, and verdicts that stay fresh meanwhile."""
    environments = build.plan_data(10_000 + next(build._NUMBERS))["environments"]
    environments["rehearsal"]["sources"]["metrics"]["interval"] = "10m"
    return build.ready(**{"environments": environments} | changes)
