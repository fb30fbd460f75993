"""The pages about Envoy and Traefik say what the drivers do, word for word."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.drivers.base import DRIVERS
from migrations_app.drivers.envoy.config import EnvoyFileConfig
from migrations_app.drivers.envoy.file import EnvoyFileDriver
from migrations_app.drivers.traefik.config import TraefikConfig
from migrations_app.drivers.traefik.driver import TraefikDriver

if TYPE_CHECKING:
    from migrations_app.drivers.base import Driver

PAGES = Path(__file__).parents[2] / "docs" / "drivers"
KINDS = ["envoy", "envoy-file", "traefik"]
NOTHING, QUARTER = Decimal(0), Decimal(25)


def page(kind: str) -> str:
    return (PAGES / f"{kind}.md").read_text()


def blocks(kind: str, language: str = "yaml") -> list[str]:
    found = re.findall(r"```(\w*)\n(.*?)```", page(kind), re.DOTALL)
    return [text for name, text in found if name == language]


def config(kind: str) -> dict[str, Any]:
    route = yaml.safe_load(blocks(kind)[0])["environments"]["production"]["routes"]["web"]
    assert route["driver"] == kind
    told: dict[str, Any] = route["config"]
    return told


def driver(kind: str) -> Driver:
    cls = DRIVERS.load(kind)
    return cls(cls.Config.model_validate(config(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_its_break_glass_sheet_is_the_drivers(kind: str) -> None:
    [sheet] = blocks(kind, "sh")
    assert sheet.splitlines() == driver(kind).manual_commands(NOTHING)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_on_the_page(kind: str) -> None:
    assert all(f"`{key}`" in page(kind) for key in DRIVERS.load(kind).Config.model_fields)


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_was_tried_with(kind: str) -> None:
    assert f"Tried with {DRIVERS.load(kind).tried}" in page(kind)


def test_the_request_to_envoy_is_the_one_that_is_sent() -> None:
    [sent] = blocks("envoy", "")
    lines = driver("envoy").manual_commands(QUARTER)
    assert sent.removeprefix("POST ").strip() in lines[0]


@pytest.mark.parametrize(("at", "moves"), [(2, "share"), (3, "mirror")])
def test_the_files_for_envoy_are_as_they_should_be(at: int, moves: str) -> None:
    file = blocks("envoy-file")[at]
    whole = file if "resources" in file else "resources:\n- " + file.replace("\n", "\n  ")
    told = EnvoyFileConfig.model_validate({**config("envoy-file"), "moves": moves})
    ours = EnvoyFileDriver(told)
    assert ours.written(whole).weight == 0
    assert ours.written(ours.rewrite(whole, QUARTER)).weight == QUARTER
    assert ours._about_sed(whole).ok


@pytest.mark.parametrize(("at", "moves"), [(2, "share"), (3, "mirror")])
def test_the_files_for_traefik_are_as_they_should_be(at: int, moves: str) -> None:
    file = blocks("traefik")[at]
    ours = TraefikDriver(TraefikConfig.model_validate({**config("traefik"), "moves": moves}))
    assert ours.written(file).weight == 0
    assert ours.written(ours.rewrite(file, QUARTER)).weight == QUARTER
    assert ours._about_sed(file).ok
