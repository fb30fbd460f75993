"""What every page about a flag service has to get right."""

from __future__ import annotations

import re
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from migrations_app.drivers.base import Driver

PAGES = Path(__file__).parents[3] / "docs" / "drivers"


def page_is_true(driver: type[Driver]) -> None:
    """Its runbook is valid, its keys are all there, its break-glass sheet is the driver's own."""
    text = (PAGES / f"{driver.kind}.md").read_text()
    blocks = re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
    runbook = yaml.safe_load(next(block for kind, block in blocks if kind == "yaml"))
    [route] = runbook["environments"]["production"]["routes"].values()
    assert route["driver"] == driver.kind
    config = driver.Config.model_validate(_filled(route["config"]))
    with closing(driver(config)) as made:
        sheet = made.manual_commands(Decimal(0))
    assert sheet == next(block for kind, block in blocks if kind == "sh").splitlines()
    missing = [key for key in driver.Config.model_fields if f"`{key}`" not in text]
    assert missing == []


def _filled(config: dict[str, object]) -> dict[str, object]:
    """With secrets in place of `${env:NAME}`."""
    pattern = re.compile(r"\$\{env:\w+\}")
    return {
        key: pattern.sub("whsec_" + "c2VjcmV0" * 4, value) if isinstance(value, str) else value
        for key, value in config.items()
    }
