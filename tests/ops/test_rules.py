"""Every alert says what to do."""

from __future__ import annotations

import re

import pytest

from tests.ops.files import DOCS, alerts


@pytest.mark.parametrize("name", alerts())
def test_every_alert_says_what_to_do_and_the_docs_say_more(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["runbook"] == f"docs/operating.md#{name.lower()}"
    assert rule["annotations"].keys() == {"summary", "description", "runbook"}
    text = DOCS.read_text(encoding="utf-8")
    assert re.search(rf"^#### {name}$\n\n\S", text, re.MULTILINE), f"{name} is not in the docs"
