"""Nothing counts as read back before every instance acts on it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.share import malformed
from migrations_app.drivers.switch.config import SwitchConfig
from migrations_app.drivers.switch.state import Instance, State, observed, share
from tests.fakes.switch_apps import SECRET

PERCENTS = st.decimals(0, 100, places=2).map(float)
INSTANCES = st.lists(st.tuples(st.integers(5, 7), PERCENTS), min_size=1, max_size=8)


def config(**keys: object) -> SwitchConfig:
    keys = {"url": "http://app.example", "switch": "read_path", "signing_secret": SECRET, **keys}
    return SwitchConfig.model_validate(keys)


def state(value: str | float, instances: list[tuple[int, float]], version: int = 7) -> State:
    acting = [
        Instance(name=f"web-{number}", version=at, value=said)
        for number, (at, said) in enumerate(instances)
    ]
    applied = sum(at == version for at, _ in instances)
    return State(
        switch="read_path",
        values="percent",
        value=value,
        version=version,
        instances_total=len(acting),
        instances_applied=applied,
        instances=acting,
    )


@given(value=PERCENTS, instances=INSTANCES)
def test_only_all_instances_together_confirm_a_weight(
    value: float, instances: list[tuple[int, float]]
) -> None:
    seen = observed(state(value, instances), config())
    assert malformed(seen.weight) is None
    assert seen.token == "7"
    shares = {Decimal(str(said)) for _, said in instances} | {Decimal(str(value))}
    if all(at == 7 for at, _ in instances):
        assert seen.weight == Decimal(str(value))
    else:
        assert seen.weight not in shares
        assert "not yet" in seen.detail


def test_an_account_that_does_not_add_up_confirms_nothing() -> None:
    """Whoever counts wrongly may not be believed: the list decides as well as the numbers."""
    said = state(25, [(7, 25), (6, 25)]).model_copy(update={"instances_applied": 2})
    assert observed(said, config()).weight != 25
    short = state(25, [(7, 25)]).model_copy(update={"instances_total": 2})
    assert observed(short, config()).weight != 25


@pytest.mark.parametrize("value", [101, -1, 12.345, "both"])
def test_what_is_no_percentage(value: str | float) -> None:
    with pytest.raises(Permanent, match="not a percentage"):
        share(value, config())


@pytest.mark.parametrize("value", ["blue_to_green", 0, ""])
def test_what_is_neither_word(value: str | float) -> None:
    with pytest.raises(Permanent, match="not both or off"):
        share(value, config(at_blue="both", at_green="off"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"switch": "../x"},
        {"at_blue": "both"},
        {"at_blue": "both", "at_green": "both"},
        {"at_blue": "both", "at_green": "off", "moves": "mirror"},
        {"at_blue": "Both", "at_green": "off"},
        {"signing_secret": "whsec_c2hvcnQ="},
        {"signing_secret": "c2VjcmV0" * 4},
        {"instances": 0},
        {"url": "https://user:password@app.example"},
    ],
)
def test_a_config_that_makes_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as told:
        config(**wrong)
    assert SECRET not in str(told.value)
