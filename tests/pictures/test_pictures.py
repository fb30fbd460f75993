"""Every picture that README and docs show is there, light enough, and as wide as it was taken."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import pytest

from tests.pictures.stage import AT, HEAVIEST

if TYPE_CHECKING:
    from pathlib import Path

ROOT = AT.parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+\.png)\)")


def shown() -> list[tuple[Path, str, Path]]:
    """Page, words for who can't see it, file."""
    return [
        (page, words, (page.parent / at).resolve())
        for page in PAGES
        for words, at in _SHOWN.findall(page.read_text(encoding="utf-8"))
    ]


def test_what_is_shown_is_there_and_said_in_words() -> None:
    pictures = shown()
    assert pictures
    for page, words, at in pictures:
        assert at.is_file(), f"{page.name} shows {at.name}, which is not there: make pictures"
        assert len(words) > 20, f"{page.name} says nothing of {at.name}"


@pytest.mark.parametrize("at", sorted(AT.glob("*.png")), ids=lambda at: at.stem)
def test_a_picture_is_light_and_of_a_screen(at: Path) -> None:
    data = at.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(data) < HEAVIEST
    assert struct.unpack(">II", data[16:24]) in {(1366, 768), (720, 1480)}
