"""The pages about clouds say what the drivers do, word for word."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from migrations_app.drivers.base import DRIVERS

DOCS = Path(__file__).parents[3] / "docs" / "drivers"
KINDS = ["azure-front-door", "azure-traffic-manager", "cloudflare-lb", "gcp-url-map"]


def blocks(kind: str) -> list[tuple[str, str]]:
    text = (DOCS / f"{kind}.md").read_text()
    return re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)


def driver(kind: str) -> Any:
    runbook = yaml.safe_load(next(text for word, text in blocks(kind) if word == "yaml"))
    (route,) = runbook["environments"]["production"]["routes"].values()
    assert route["driver"] == kind
    made: Any = DRIVERS.load(kind)
    return made(made.Config.model_validate(route["config"]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_break_glass_sheet_is_the_drivers(kind: str) -> None:
    sheet = next(text for word, text in blocks(kind) if word == "sh")
    assert sheet.splitlines() == driver(kind).manual_commands(Decimal(0))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_on_the_page(kind: str) -> None:
    page = (DOCS / f"{kind}.md").read_text()
    assert all(f"`{key}`" in page for key in DRIVERS.load(kind).Config.model_fields)
