"""The range's metrics server must know every query of the runbooks that are played on the range."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import migrations_app.practice
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(migrations_app.practice.__file__).parent


def queries(node: object) -> Iterator[str]:
    """Whatever a runbook calls a query, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and str(key).endswith("query"):
                yield value
            else:
                yield from queries(value)
    elif isinstance(node, list):
        for value in node:
            yield from queries(value)


def of_all_runbooks() -> list[str]:
    pages = [yaml.safe_load(path.read_text()) for path in sorted(HERE.rglob("*.yaml"))]
    return list(dict.fromkeys(query for page in pages for query in queries(page)))


def test_there_are_some() -> None:
    assert len(of_all_runbooks()) >= 4


@pytest.mark.parametrize("query", of_all_runbooks())
def test_is_known(query: str) -> None:
    written = re.sub(r"\$\{var:\w+\}", "x", query).replace("$window", "5s")
    assert Engine(Store()).instant(written, 0) is not None
