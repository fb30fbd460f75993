"""What is asked at every scrape is found by an index, however much there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from migrations_app.actions import engine
from migrations_app.reads.signs import OVERDUE, SHARED, SIGNS, WORDS
from tests.build import at_gate

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

GROW = {"event", "delivery", "flip", "letter", "reading", "attempt", "latch"}
"""Tables that grow with what happens, not with how many runs are under way."""


def scans(node: dict[str, Any]) -> Iterator[str]:
    """Every table that is read from one end to the other."""
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"].removeprefix("migrations_app_")
    for inner in node.get("Plans", ()):
        yield from scans(inner)


@pytest.mark.parametrize("name", [sign.name for sign in SIGNS] + list(OVERDUE))
def test_no_table_that_grows_is_read_whole(name: str) -> None:
    """Where there is any way by an index, a planner that dislikes reading tables whole takes it."""
    engine.hold(at_gate().run_id, "blind for 3 m", "blind")
    asked = {sign.name: sign.sql for sign in SIGNS} | dict(OVERDUE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {SHARED} {asked[name]}", WORDS)
        (plans,) = cursor.fetchone()
    (plan,) = json.loads(plans) if isinstance(plans, str) else plans
    assert set(scans(plan["Plan"])) & GROW == set()
