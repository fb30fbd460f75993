"""At the end of the run: which bug was caught by which law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor import seams
from tests.conductor.conftest import House

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = tuple[str, str, str]
ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture
def parts() -> Iterator[House]:
    """Planes, a source and a channel in memory."""
    yield House()
    seams.forget()


@pytest.fixture
def table(request: pytest.FixtureRequest) -> list[Row]:
    """Where every bug is entered: its name, the laws that went red, what they said."""
    return request.config.stash.setdefault(ROWS, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash.get(ROWS, [])
    if not rows:
        return
    terminalreporter.section("bugs put back, and the laws that went red")
    for name, laws, sentence in sorted(rows):
        terminalreporter.line(f"{name:<32} {laws:<28} {sentence}")
