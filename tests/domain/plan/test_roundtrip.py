"""What is dumped is what is loaded, for any plan at all."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from migrations_app.domain.plan.runbook import dump, load
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.plan.yaml_read import LONGEST, read
from migrations_app.domain.plan.yaml_write import write
from tests.domain.plan.strategies import JSON, PLANS

if TYPE_CHECKING:
    from pydantic import JsonValue

BUILT_IN = sorted(
    file.name for file in files("migrations_app.runbooks").iterdir() if file.name.endswith(".yaml")
)


def built_in(name: str) -> str:
    return files("migrations_app.runbooks").joinpath(name).read_text(encoding="utf-8")


@given(PLANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_dumped_plan_loads_as_the_same_plan(plan: Plan) -> None:
    text = dump(plan)
    if len(text.encode()) <= LONGEST:
        assert load(text) == plan


@given(PLANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_dumping_twice_gives_the_same_text(plan: Plan) -> None:
    text = dump(plan)
    if len(text.encode()) <= LONGEST:
        assert dump(load(text)) == text


@given(JSON)
@settings(deadline=None)
def test_data_survives_being_written_and_read(data: JsonValue) -> None:
    assert read(write({"data": data})).data == {"data": data}


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_runbooks_round_trip(name: str) -> None:
    plan = load(built_in(name))
    assert load(dump(plan)) == plan


def test_a_dump_keeps_the_order_of_the_schema() -> None:
    keys = [line.split(":")[0] for line in dump(load(built_in("orders-db.yaml"))).splitlines()]
    written = [key for key in keys if key in Plan.model_fields]
    assert written == [key for key in Plan.model_fields if key in written]


def test_a_dump_reads_like_a_persons() -> None:
    text = dump(load(built_in("orders-db.yaml")))
    assert "    weights: {reads: 10, writes: 1}\n    order: [reads, writes]\n" in text
    assert "        instructions: |\n          Run `compare-orders --checksums`" in text
    assert "baseline: captured\n" in text
