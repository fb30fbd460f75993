"""Checks: a source, a query and a rule about the values it gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from migrations_app.domain.plan.base import (
    Config,
    Count,
    Duration,
    Flag,
    Line,
    Name,
    Strict,
    Text,
    wrong,
)
from migrations_app.domain.quantity import Unit
from migrations_app.domain.ready import NotReady, written_out
from migrations_app.domain.verdict.rule import BaselineKind, OnNoData

QueryText = Annotated[Text, Field(min_length=1)]


class Baseline(Strict):
    """Written `captured`, `blue` or `{offset: 1d}`. `query` replaces the check's own for it."""

    kind: BaselineKind
    offset: Duration | None = None
    query: QueryText | None = None

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

    `slo` is a quantity ("99.9 %") or the name of one in the objectives. The query answers an error
    ratio and uses `${window}`, which is asked once as `long` and once as `short`.
    """

    slo: Line
    long: Duration
    short: Duration


class Budget(Strict):
    """How much of the error budget that `slo` leaves for `window` is used up.

    The query answers the error ratio over `${elapsed}`, the time since the run started.
    """

    slo: Line
    window: Duration


class Check(Strict):
    """A measurable rule. Exactly one of `fail_when` and `pass_when`, as `parse_condition` reads it.

    `unit` is what the query answers in (`%`, `ms`, `s`, `ratio`, `count`, …). `window` is how far
    back it looks, and becomes `${window}` in it. `hold` is how long the condition must stay true,
    `consecutive` how many evaluations in a row; with `fraction` ("95 %") it must be true for that
    share of the hold. `observe`: watched and shown, binding nothing.

    `use` names a ready-made check, `with` its parameters: whatever is not given comes from there,
    at once. A check that has a query is written out, and `use` only says where it came from: what
    a stored plan means does not change with the catalogue.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    name: Name
    use: Name | None = None
    params: Config = Field(default_factory=dict, alias="with")
    title: Line | None = None
    source: Name
    query: QueryText
    blue_query: QueryText | None = None
    samples_query: QueryText | None = None
    unit: Unit
    window: Duration = timedelta(0)
    fail_when: Line | None = None
    pass_when: Line | None = None
    hold: Duration = timedelta(0)
    consecutive: Count = 1
    fraction: Line | None = None
    min_samples: Count | None = None
    baseline: Baseline | None = None
    burn: Burn | None = None
    budget: Budget | None = None
    on_no_data: OnNoData = OnNoData.HOLD
    observe: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("query") is not None:
            return value
        if value.get("use") is None:
            return value
        try:
            return written_out(value)
        except NotReady as error:
            raise wrong(str(error), error.at) from None

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if self.params and self.use is None:
            raise wrong("`with` goes with `use`: say which ready-made check it is for", "with")
        if (self.fail_when is None) == (self.pass_when is None):
            raise ValueError("needs exactly one of `fail_when` and `pass_when`")
        return self

    @property
    def condition(self) -> str:
        """What is compared, as written."""
        return self.fail_when or self.pass_when or ""
