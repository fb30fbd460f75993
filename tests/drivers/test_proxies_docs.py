"""The pages about nginx, NGINX Plus, the Data Plane API and Caddy say what the drivers do."""

from __future__ import annotations

import re
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.drivers.base import DRIVERS
from migrations_app.drivers.nginx import include
from migrations_app.drivers.nginx.config import NginxConfig

if TYPE_CHECKING:
    from migrations_app.drivers.base import Driver

PAGES = Path(__file__).parents[2] / "docs" / "drivers"
KINDS = ["nginx", "nginx-plus", "haproxy-dataplane", "caddy"]


def page(kind: str) -> str:
    return (PAGES / f"{kind}.md").read_text()


def blocks(kind: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(kind), re.DOTALL)


def driver(kind: str) -> Driver:
    route = yaml.safe_load(blocks(kind, "yaml")[0])["environments"]["production"]["routes"]["web"]
    assert route["driver"] == kind
    made = DRIVERS.load(kind)
    return made(made.Config.model_validate(route["config"]))


@pytest.mark.parametrize("kind", KINDS)
def test_its_break_glass_sheet_is_the_drivers(kind: str) -> None:
    with closing(driver(kind)) as one:
        assert blocks(kind, "sh")[0].splitlines() == one.manual_commands(Decimal(0))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_on_the_page(kind: str) -> None:
    text = page(kind)
    missing = [key for key in DRIVERS.load(kind).Config.model_fields if f"`{key}`" not in text]
    assert missing == []


def ways() -> list[dict[str, Any]]:
    return [yaml.safe_load(text)["config"] for text in blocks("nginx", "yaml")[1:]]


@pytest.mark.parametrize("config", ways(), ids=lambda config: config["way"])
def test_the_other_ways_of_nginx_are_valid(config: dict[str, Any]) -> None:
    with closing(DRIVERS.load("nginx")(NginxConfig.model_validate(config))) as one:
        lines = one.manual_commands(Decimal(0))
    assert blocks("nginx", "sh")[1].splitlines() == lines[1:]


def test_the_include_on_the_page_is_the_drivers() -> None:
    text = include.text(NginxConfig.model_validate(ways()[0]), Decimal(25))
    shown = next(one for one in blocks("nginx", "nginx") if one.startswith("split_clients"))
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert re.sub(r'"25 [0-9a-f]{16}"', '"25 …"', body) == shown
