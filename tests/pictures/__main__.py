"""Take every picture anew: `make pictures`."""

from __future__ import annotations

import sys

from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, executable
from tests.pictures.demo import demo
from tests.pictures.stage import PATIENCE_MS, Stage
from tests.pictures.story import Story


def main() -> None:
    expect.set_options(timeout=PATIENCE_MS)
    with demo() as running, sync_playwright() as playwright:
        path = executable(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        stage = Stage(running, browser)
        Story.begun(stage).tell()
        browser.close()
    for name, size in stage.taken.items():
        sys.stdout.write(f"{name}.png {size / 1000:6.0f} kB\n")


if __name__ == "__main__":
    main()
