"""A multivariate feature in one environment: one of its options is GREEN, the control BLUE."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.digest import digest
from migrations_app.drivers.flags.seen import Call, Seen
from migrations_app.drivers.share import CENT, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.flags.flagsmith.config import FlagsmithConfig

NOBODY = Decimal(0)


class Value(BaseModel):
    id: int | None = None
    multivariate_feature_option: int
    percentage_allocation: float

    @property
    def share(self) -> Decimal:
        return Decimal(str(self.percentage_allocation)).quantize(CENT)


class State(BaseModel):
    id: int
    feature: int
    enabled: bool
    feature_segment: int | None = None
    multivariate_feature_state_values: list[Value]


def seen(state: State, config: FlagsmithConfig) -> Seen:
    """`Permanent` when the feature has no such option."""
    values = state.multivariate_feature_state_values
    options = {one.multivariate_feature_option: one.share for one in values}
    if config.option not in options:
        known = ", ".join(map(str, options)) or "none"
        raise Permanent(f"Feature state {state.id} has no option {config.option}: it has {known}.")
    share = options[config.option]
    others = [number for number, part in options.items() if part and number != config.option]
    off = "" if state.enabled else f"Feature {state.feature} is off: turn it on."
    return Seen(
        written=None if others else share,
        weight=NOBODY if off else share,
        token=digest(state.model_dump()),
        detail=f"option {config.option} has {plain(share)} %{', but off' if off else ''}",
        off=off,
        doubts=tuple(_doubts(state, others)),
        state=state,
    )


def _doubts(state: State, others: list[int]) -> Iterator[str]:
    if others:
        yield (
            f"Option {others[0]} is served too, and is neither GREEN nor the control, which is "
            "BLUE: give it 0 %."
        )
    if state.feature_segment is not None:
        yield f"State {state.id} is a segment's and not everybody's: name the environment's."


def call(config: FlagsmithConfig, state: State, weight: Decimal) -> Call:
    """All options by their ids, without which Flagsmith would make new ones. On the way back to
    nobody the others get none either."""
    values = [
        {**one.model_dump(exclude_none=True), "percentage_allocation": _part(one, config, weight)}
        for one in state.multivariate_feature_state_values
    ]
    about = {"feature": state.feature, "enabled": state.enabled}
    return Call("PUT", config.state_path, {**about, "multivariate_feature_state_values": values})


def blind(config: FlagsmithConfig, weight: Decimal) -> Call:
    """The part of it that changes."""
    ours = {
        "multivariate_feature_option": config.option,
        "percentage_allocation": float(weight),
    }
    return Call("PUT", config.state_path, {"multivariate_feature_state_values": [ours]})


def change(config: FlagsmithConfig, weight: Decimal) -> str:
    """The same as a filter of jq."""
    ours = f"select(.multivariate_feature_option == {config.option})"
    return (
        "{feature, enabled, multivariate_feature_state_values: "
        "[.multivariate_feature_state_values[] "
        "| {id, multivariate_feature_option, percentage_allocation}]} "
        f"| (.multivariate_feature_state_values[] | {ours} | .percentage_allocation) "
        f"= {plain(weight)}"
    )


def _part(one: Value, config: FlagsmithConfig, weight: Decimal) -> float:
    ours = one.multivariate_feature_option == config.option
    return float(weight) if ours else float(one.share if weight else NOBODY)
