"""`manage.py checks`, and the page it writes."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from migrations_app.domain.ready import CATALOGUE
from migrations_app.management import ready_page

DOCS = Path(__file__).parents[2] / "docs" / "checks.md"


def run(*args: str) -> str:
    out = StringIO()
    call_command("checks", *args, stdout=out)
    return out.getvalue()


def test_lists_every_word_once() -> None:
    listed = [line.split()[0] for line in run().splitlines() if line.startswith("  ")]
    assert listed == list(CATALOGUE)


def test_tells_one_in_full() -> None:
    said = run("kafka_lag")
    assert 'sum(kafka_consumergroup_lag{consumergroup="NAME"})' in said
    assert "fails > 10000, stays so for 3 m" in said
    assert "latency" not in said


def test_names_the_nearest_word() -> None:
    with pytest.raises(CommandError, match='Did you mean "kafka_lag"'):
        run("kafka-lag")


def test_the_page_is_up_to_date() -> None:
    assert run("--markdown") == ready_page.page()
    assert DOCS.read_text(encoding="utf-8") == ready_page.page(), (
        "write it anew: manage.py checks --markdown > docs/checks.md"
    )
