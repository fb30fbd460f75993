"""The page of planes says what drivers and sources declare, and each has a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrations_app.conductor.catalogue import page_of
from migrations_app.drivers.base import DRIVERS
from migrations_app.sources.base import SOURCES
from tests.commands.run import manage

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_is_as_they_declare_themselves() -> None:
    written = (DOCS / "planes.md").read_text(encoding="utf-8")
    said = manage("planes", "--markdown").out
    assert written == said, "write it anew: manage.py planes --markdown > docs/planes.md"


def test_the_table_names_every_kind() -> None:
    said = manage("planes").out
    first = {line.split()[0] for line in said.splitlines() if line}
    assert first >= {*DRIVERS.kinds(), *SOURCES.kinds()}


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        *(("drivers", kind) for kind in DRIVERS.kinds()),
        *(("sources", kind) for kind in SOURCES.kinds()),
    ],
)
def test_every_kind_has_a_page(folder: str, kind: str) -> None:
    named = page_of(kind, folder)
    if not named:
        assert kind == "fake"
        return
    page = DOCS / named
    assert page.exists(), f"{named} is missing"
    assert f"{'driver' if folder == 'drivers' else 'kind'}: {kind}" in page.read_text("utf-8")
