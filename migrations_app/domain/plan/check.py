"""Checks: a source, a query and a rule about the values it gives."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    StrictInt,
    model_serializer,
    model_validator,
)

from migrations_app.domain.plan.base import Count, Duration, Flag, Line, Name, Strict, Text


class OnNoData(StrEnum):
    """What an abort criterion does when there is nothing to judge."""

    HOLD = "hold"
    ROLLBACK = "rollback"


class BaselineKind(StrEnum):
    """What a relative rule compares with."""

    CAPTURED = "captured"  # read once, when the run starts
    OFFSET = "offset"  # the same query, that long ago
    BLUE = "blue"  # the blue query, now


class Baseline(Strict):
    """Written `captured`, `blue` or `{offset: 1d}`. `query` replaces the check's own for it."""

    kind: BaselineKind
    offset: Duration | None = None
    query: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if isinstance(value, str):
            return {"kind": value}
        if isinstance(value, dict) and "offset" in value and "kind" not in value:
            return {"kind": BaselineKind.OFFSET, **value}
        return value

    @model_validator(mode="after")
    def _offset_fits(self) -> Self:
        if (self.kind is BaselineKind.OFFSET) != (self.offset is not None):
            raise ValueError("`offset` says how long ago, and belongs to the kind `offset` only")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> object:
        if self.kind is not BaselineKind.OFFSET and self.query is None:
            return self.kind.value
        fields: dict[str, object] = handler(self)
        return {key: value for key, value in fields.items() if key != "kind" or not self.offset}


class Burn(Strict):
    """How fast the error budget of `slo` burns, over a long and a short window at once.

    `slo` is a quantity ("99.9 %") or the name of one in the objectives.
    """

    slo: Line
    long: Duration
    short: Duration


class Budget(Strict):
    """How much of the error budget of `slo` is used up within `window`."""

    slo: Line
    window: Duration


class Check(Strict):
    """A measurable rule. Exactly one of `fail_when` and `pass_when`.

    `${window}` in a query becomes the check's window as the source writes it (`5m`).
    """

    name: Name
    title: Line | None = None
    source: Name
    query: Text = Field(min_length=1)
    blue_query: Text | None = None
    samples_query: Text | None = None
    unit: str = ""
    window: Duration | None = None
    fail_when: Line | None = None
    pass_when: Line | None = None
    hold: Duration = timedelta(0)
    consecutive: Count = 1
    fraction: Line | None = None
    min_samples: StrictInt = Field(default=0, ge=0)
    baseline: Baseline | None = None
    burn: Burn | None = None
    budget: Budget | None = None
    on_no_data: OnNoData = OnNoData.HOLD
    observe: Flag = False

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if (self.fail_when is None) == (self.pass_when is None):
            raise ValueError("needs exactly one of `fail_when` and `pass_when`")
        return self
