"""What docs/parity.md shows can be loaded, and tells of every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from migrations_app.domain.envref import resolve
from migrations_app.domain.parity.ask import What
from migrations_app.domain.plan.check import Check
from migrations_app.domain.reading import Query
from migrations_app.sources.parity.config import Database, ParityConfig, TableConfig
from migrations_app.sources.parity.source import ParitySource

TEXT = (Path(__file__).parents[3] / "docs" / "parity.md").read_text(encoding="utf-8")


def test_the_example_is_a_plan() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    found = yaml.safe_load(block)
    check = Check.model_validate(found["checks"][0])
    given = found["environments"]["production"]["sources"]["parity"]["config"]
    environ = dict.fromkeys(("BLUE_PASSWORD", "GREEN_PASSWORD"), "secret")
    source = ParitySource(ParityConfig.model_validate(resolve(given, environ)))
    assert source.invalid(Query("check", check.query)) is None
    assert check.window > source.config.every


def test_every_key_and_every_question_is_told() -> None:
    names = {name for model in (ParityConfig, Database, TableConfig) for name in model.model_fields}
    assert [name for name in sorted(names) if f"`{name}`" not in TEXT] == []
    assert [what for what in What if f"`{what}(orders" not in TEXT] == []
