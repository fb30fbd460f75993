"""What the pages about sources show can be loaded as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.domain.envref import resolve
from migrations_app.domain.plan.check import Check
from migrations_app.domain.verdict.condition import Condition, parse_condition
from migrations_app.sources.base import SOURCES
from migrations_app.sources.mysql import ready as mysql
from migrations_app.sources.mysql import replica
from migrations_app.sources.postgresql import ready as postgresql
from migrations_app.sources.sql.ready import written

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs" / "sources"
_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks() -> Iterator[tuple[str, dict[str, Any]]]:
    for page in sorted(DOCS.glob("*.md")):
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            found = yaml.safe_load(block)
            for environment in found.pop("environments", {}).values():
                found |= environment
            yield page.stem, found


SOURCE_BLOCKS = [
    pytest.param(binding, id=page)
    for page, block in _blocks()
    for binding in block.get("sources", {}).values()
]
CHECKS = [
    pytest.param(one, id=page) for page, block in _blocks() for one in block.get("checks", [])
]


@pytest.mark.parametrize("binding", SOURCE_BLOCKS)
def test_a_binding_can_be_loaded(binding: dict[str, Any]) -> None:
    config = binding.get("config", {})
    environ = dict.fromkeys(re.findall(r"\$\{env:(\w+)\}", str(config)), "T0KENOFMINE1234567890")
    found = SOURCES.load(binding["kind"]).Config
    assert isinstance(found.model_validate(resolve(config, environ, "config")), found)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_can_be_loaded(check: dict[str, Any]) -> None:
    found = Check.model_validate(check)
    assert isinstance(parse_condition(found.fail_when or found.pass_when or ""), Condition)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("postgresql", [written(*one) for one in postgresql.READY.items()]),
        ("mysql", [*mysql.READY, *replica.READY]),
    ],
)
def test_every_ready_made_question_is_told(page: str, names: list[str]) -> None:
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}" not in text] == []
