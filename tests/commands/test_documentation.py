"""docs/commands.md names every command with every verb and option, and nothing else."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import load_command_class

import migrations_app

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS = sorted(
    file.stem
    for file in (Path(migrations_app.__file__).parent / "management" / "commands").glob("[a-z]*.py")
)
TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
DJANGOS = {
    "--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
    "--force-color", "--skip-checks",
}  # fmt: skip


def parser(command: str) -> argparse.ArgumentParser:
    return load_command_class("migrations_app", command).create_parser("manage.py", command)


def words(of: argparse.ArgumentParser) -> Iterator[str]:
    """Every verb and every long option, however deep."""
    for action in of._actions:
        yield from (one for one in action.option_strings if one.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for verb, inner in action.choices.items():
                yield verb
                yield from words(inner)


def section(command: str) -> str:
    found = re.search(rf"^## {command}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_list(command: str) -> None:
    assert re.search(rf"^\| \[?`{command}`", TEXT, re.MULTILINE)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != "poller"])
def test_every_verb_and_option_is_told_and_no_other(command: str) -> None:
    there = set(words(parser(command))) - DJANGOS
    told = section(command)
    assert {word for word in there if not re.search(rf"{word}\b", told)} == set()
    others = {"--database"}
    assert set(re.findall(r"--[a-z][a-z-]+", told)) - there - others == set()
