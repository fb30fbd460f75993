"""Find a Chromium, or say loudly what was not proven without one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "NOT PROVEN in a browser: no Chromium. Install one (apt install chromium), or name it in "
    "WARROOM_CHROMIUM."
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update",
]  # fmt: skip


def executable(playwright: Playwright) -> str:
    """The path of a Chromium. Skips the test where there is none."""
    own = Path(playwright.chromium.executable_path)
    named = os.environ.get("WARROOM_CHROMIUM")
    found = named or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None and own.exists():
        found = str(own)
    if found is None:
        pytest.skip(MISSING)
    return found
