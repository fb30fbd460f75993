"""The contracts on imports name every package that there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = {"sql", "web"}  # what several sources are made of


def independent(name: str) -> set[str]:
    """The packages that the contract of this name keeps apart."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [one for one in told["tool"]["importlinter"]["contracts"] if one["name"] == name]
    return {module.rpartition(".")[2] for module in contract["modules"]}


@pytest.mark.parametrize(
    ("room", "contract"),
    [
        ("drivers", "Drivers know nothing of one another"),
        ("sources", "Sources know nothing of one another"),
    ],
)
def test_every_system_stands_alone(room: str, contract: str) -> None:
    packages = (ROOT / "migrations_app" / room).glob("*/__init__.py")
    assert independent(contract) == {file.parent.name for file in packages} - SHARED
