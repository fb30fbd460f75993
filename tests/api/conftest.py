"""For every test of the API: planes and passwords that cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor import hints, seams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from migrations_app.conductor.hints import Hint


@pytest.fixture(autouse=True)
def quick(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path  # nothing is collected for a test
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_planes() -> Iterator[None]:
    yield
    seams.forget()


@pytest.fixture
def poked(monkeypatch: pytest.MonkeyPatch) -> list[Hint]:
    """The hints that were sent on their way."""
    sent: list[Hint] = []

    def keep(some: Iterable[Hint]) -> None:
        sent.extend(some)

    monkeypatch.setattr(hints, "poke", keep)
    return sent
