"""The schema's own rules, and its short ways of writing things."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from migrations_app.domain.plan.base import Config, Duration, Line, Username, Weight
from migrations_app.domain.plan.check import Baseline
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.phase import Phase, Step
from migrations_app.domain.plan.rollback import RollbackPlan
from migrations_app.domain.plan.schema import Plan, Topic
from migrations_app.domain.verdict.rule import BaselineKind

WEIGHT = TypeAdapter[Decimal](Weight)
DURATION = TypeAdapter[timedelta](Duration)


@pytest.mark.parametrize("written", [12.5, "12.5", "12.500", Decimal("12.50")])
def test_equal_weights_are_equal_and_dump_alike(written: object) -> None:
    weight = WEIGHT.validate_python(written)
    assert weight == Decimal("12.5")
    assert WEIGHT.dump_json(weight) == b"12.5"


@pytest.mark.parametrize(("written", "dumped"), [(100, b"100"), ("0.0", b"0"), (33.33, b"33.33")])
def test_whole_weights_dump_without_decimals(written: object, dumped: bytes) -> None:
    assert WEIGHT.dump_json(WEIGHT.validate_python(written)) == dumped


@pytest.mark.parametrize(
    "written",
    [
        *("1e999999999", "nan", "inf", "", "１２", float("nan"), float("inf"), 1e-7, 12.345),
        *(True, None, [1], Decimal("1E+20"), Decimal("NaN")),
    ],
)
def test_what_is_no_weight_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="a weight"):
        WEIGHT.validate_python(written)


@pytest.mark.parametrize("written", [-1, 101, "-0.01"])
def test_a_weight_out_of_range_is_left_to_lint(written: object) -> None:
    assert WEIGHT.validate_python(written) == Decimal(str(written))


@pytest.mark.parametrize("written", ["10m", timedelta(minutes=10), "600s", "10 min"])
def test_durations_have_one_spelling(written: object) -> None:
    assert DURATION.dump_json(DURATION.validate_python(written)) == b'"10m"'


@pytest.mark.parametrize("written", ["", "10", "-1m", 10, 1.5, True, None, timedelta(seconds=-1)])
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        DURATION.validate_python(written)


@pytest.mark.parametrize("name", ["an", "Ann.B@x-y_z+1", "ünal", "²"])
def test_user_names_are_djangos(name: str) -> None:
    assert TypeAdapter(Username).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a\n", "a/b", "x" * 151])
def test_what_is_no_user_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Username).validate_python(name)


@pytest.mark.parametrize("line", [" x", "x ", "a\nb", "a\tb", "", "a\u202eb", "x" * 201, "\ud800"])
def test_what_is_no_line_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(line)


@pytest.mark.parametrize(
    "config",
    [
        {"a": float("inf")},
        {"a": [float("nan")]},
        {"a": {"b": "\x00"}},
        {"a\n": 1},
        {"a": 10**18},
        {"a": b"x"},
        {1: "a"},
    ],
)
def test_a_configuration_is_plain_json(config: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Config).validate_python(config)


@pytest.mark.parametrize(
    ("written", "kind", "dumped"),
    [
        ("captured", BaselineKind.CAPTURED, "captured"),
        ("blue", BaselineKind.BLUE, "blue"),
        ({"kind": "blue"}, BaselineKind.BLUE, "blue"),
        ({"offset": "1d"}, BaselineKind.OFFSET, {"offset": "24h"}),
        ({"kind": "offset", "offset": "1d"}, BaselineKind.OFFSET, {"offset": "24h"}),
        (
            {"kind": "captured", "query": "x"},
            BaselineKind.CAPTURED,
            {"kind": "captured", "query": "x"},
        ),
    ],
)
def test_baselines_have_a_short_form(written: object, kind: BaselineKind, dumped: object) -> None:
    baseline = Baseline.model_validate(written)
    assert baseline.kind is kind
    assert baseline.model_dump(mode="json", exclude_defaults=True) == dumped
    assert Baseline.model_validate(baseline.model_dump(mode="json")) == baseline


def test_a_list_of_roles_is_one_sign_off_each() -> None:
    gate = Gate.model_validate({"roles": ["dri", "database"]})
    assert gate.roles == {Role.DRI: 1, Role.DATABASE: 1}
    assert gate.needed == 2
    assert gate.model_dump(mode="json")["roles"] == ["dri", "database"]


def test_several_sign_offs_of_one_role_stay_a_mapping() -> None:
    gate = Gate.model_validate({"roles": {"dri": 1, "database": 2}, "quorum": 2})
    assert gate.needed == 2
    assert gate.model_dump(mode="json")["roles"] == {"dri": 1, "database": 2}


def test_a_gate_without_roles_needs_nobody() -> None:
    assert Gate().needed == 0


@pytest.mark.parametrize("roles", [["dri", "dri"], {"dri": 0}, {"dri": True}, ["boss"], [["dri"]]])
def test_what_is_no_list_of_roles_is_refused(roles: object) -> None:
    with pytest.raises(ValidationError):
        Gate.model_validate({"roles": roles})


def test_a_phase_expects_its_hold_and_its_steps() -> None:
    steps = [{"name": "a", "expected": "1m"}, {"name": "b", "expected": "2m"}]
    phase = Phase.model_validate({"name": "p", "hold": "10m", "steps": steps})
    assert phase.expected == timedelta(minutes=13)


@pytest.mark.parametrize(
    ("expected", "total"), [(None, 150), ("2m", 150), ("5m", 300)], ids=["none", "less", "more"]
)
def test_a_rollback_takes_at_least_its_steps(expected: str | None, total: int) -> None:
    steps = [{"name": "a", "expected": "60s"}, {"name": "b", "expected": "90s"}]
    plan = RollbackPlan.model_validate({"steps": steps, "expected": expected})
    assert plan.total == timedelta(seconds=total)


@pytest.mark.parametrize(
    "step", [{"kind": "action"}, {"action": "wait"}, {"kind": "manual", "action": "wait"}]
)
def test_an_action_and_its_kind_belong_together(step: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="says which `action`"):
        Step.model_validate({"name": "a", **step})


def test_nothing_changes_after_validation() -> None:
    plan = Plan.model_validate({"migration": "m", "title": "T"})
    with pytest.raises(ValidationError, match="frozen"):
        setattr(plan, "title", "other")  # noqa: B010 (the point is to try)


def test_topics_are_words() -> None:
    plan = Plan.model_validate(
        {"migration": "m", "title": "T", "channels": {"room": ["rollbacks"]}}
    )
    assert plan.channels == {"room": (Topic.ROLLBACKS,)}


def test_the_schema_can_be_published() -> None:
    assert "environments" in Plan.model_json_schema()["properties"]
