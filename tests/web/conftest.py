"""A browser without a browser: Django's client, signed in as somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from migrations_app.conductor import seams
from migrations_app.reads.room import room
from migrations_app.web import status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.http import HttpResponse
    from pytest_django import Settings

    from tests.web.build import World

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Screen:
    """One person before one room: looks, and clicks what the screen offers."""

    client: Client
    run_id: int

    def url(self, name: str = "") -> str:
        return f"/runs/{self.run_id}/{name}"

    def look(self, name: str = "") -> str:
        return self.client.get(self.url(name)).content.decode()

    def click(self, name: str, htmx: bool = False, **fields: Any) -> HttpResponse:
        """POST with the hidden fields of a fresh screen, unless `fields` says otherwise."""
        shown = room(self.run_id)
        hidden = {"revision": shown.head.revision, "evaluation": shown.evaluation or ""}
        headers = HTMX if htmx else {}
        response: Any = self.client.post(self.url(name), hidden | fields, headers=headers)
        return response  # type: ignore[no-any-return]  # the client's own subclass of it


def screen(one: World, name: str) -> Screen:
    """`name`'s browser, signed in, before the room of `one`."""
    client = Client()
    client.force_login(one.users[name])
    return Screen(client, one.run_id)


@pytest.fixture(autouse=True)
def _no_drivers_left() -> Iterator[None]:
    yield
    seams.forget()


@pytest.fixture(autouse=True)
def _static_files_where_they_are(settings: Settings) -> None:
    """Nobody collected them; without this WhiteNoise complains that they are not there."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A shelf of this test alone, that asks each time."""
    monkeypatch.setattr("migrations_app.live.shelf.FRESH_S", -1.0)
    monkeypatch.setattr(status, "connections", _Kept())
    monkeypatch.setattr(status.SHELF._mirror, "_place", tmp_path / "mirror")
    status.SHELF.forget()
    yield
    status.SHELF.forget()


class _Kept:
    """Inside a test's transaction its connection must not be closed."""

    def close_all(self) -> None: ...
