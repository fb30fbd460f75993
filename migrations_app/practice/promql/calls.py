"""Functions by name: each binds its arguments and answers with a function of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from promql_parser import Call, MatrixSelector, VectorSelector

from migrations_app.practice.promql.arithmetic import NAN, quantile
from migrations_app.practice.promql.bound import Binds, ScalarAt, VectorAt, bare
from migrations_app.practice.promql.elementwise import ELEMENTWISE
from migrations_app.practice.promql.histogram import histogram_quantile
from migrations_app.practice.promql.labels import NONE, Labels, unnamed
from migrations_app.practice.promql.matchers import selector_of
from migrations_app.practice.promql.vectors import Vector, collected
from migrations_app.practice.promql.windows import RANGED

if TYPE_CHECKING:
    from migrations_app.practice.promql.windows import Window

VectorCall = Callable[[Binds, Call], VectorAt]
ScalarCall = Callable[[Binds, Call], ScalarAt]


def _scalar(binds: Binds, call: Call) -> ScalarAt:
    vector = binds.vector(call.args[0])

    def at(time: int) -> float:
        values = list(vector(time).values())
        return values[0] if len(values) == 1 else NAN

    return at


def _time(_binds: Binds, _call: Call) -> ScalarAt:
    return lambda time: time / 1000


def _vector(binds: Binds, call: Call) -> VectorAt:
    number = binds.scalar(call.args[0])
    return lambda time: {NONE: number(time)}


def _timestamp(binds: Binds, call: Call) -> VectorAt:
    """When a sample was taken; of anything computed, the moment it is computed for."""
    if instants := binds.instants(call.args[0]):
        stamps = instants.stamps
        return lambda time: collected((unnamed(key), at) for key, at in stamps(time).items())
    vector = binds.vector(call.args[0])
    return lambda time: collected((unnamed(labels), time / 1000) for labels in vector(time))


def _absent(binds: Binds, call: Call) -> VectorAt:
    vector, stand_in = binds.vector(call.args[0]), _stand_in(call)
    return lambda time: {} if vector(time) else {stand_in: 1.0}


def _absent_over_time(binds: Binds, call: Call) -> VectorAt:
    ranges, stand_in = binds.ranges(call.args[0]), _stand_in(call)
    return lambda time: {} if any(True for _ in ranges.windows(time)) else {stand_in: 1.0}


def _stand_in(call: Call) -> Labels:
    """The labels that the missing series would have had for sure."""
    match bare(call.args[0]):
        case VectorSelector() as selector:
            return selector_of(selector).exact
        case MatrixSelector() as matrix:
            return selector_of(matrix.vector_selector).exact
        case _:
            return NONE


def _histogram_quantile(binds: Binds, call: Call) -> VectorAt:
    share, buckets = binds.scalar(call.args[0]), binds.vector(call.args[1])
    return lambda time: histogram_quantile(share(time), buckets(time))


def _quantile_over_time(binds: Binds, call: Call) -> VectorAt:
    share, ranges = binds.scalar(call.args[0]), binds.ranges(call.args[1])

    def at(time: int) -> Vector:
        wanted = share(time)
        return collected(
            (unnamed(labels), quantile(wanted, window.values))
            for labels, window in ranges.windows(time)
        )

    return at


def _ranged(function: Callable[[Window], float | None], *, named: bool) -> VectorCall:
    def bind(binds: Binds, call: Call) -> VectorAt:
        ranges = binds.ranges(call.args[0])

        def at(time: int) -> Vector:
            found = ((labels, function(window)) for labels, window in ranges.windows(time))
            return collected(
                (labels if named else unnamed(labels), value)
                for labels, value in found
                if value is not None
            )

        return at

    return bind


def _elementwise(function: Callable[..., float | None]) -> VectorCall:
    def bind(binds: Binds, call: Call) -> VectorAt:
        vector = binds.vector(call.args[0])
        parameters = [binds.scalar(argument) for argument in call.args[1:]]

        def at(time: int) -> Vector:
            numbers = [parameter(time) for parameter in parameters]
            found = ((labels, function(value, *numbers)) for labels, value in vector(time).items())
            return collected((unnamed(key), value) for key, value in found if value is not None)

        return at

    return bind


SCALAR_CALLS: Final[dict[str, ScalarCall]] = {"scalar": _scalar, "time": _time}
VECTOR_CALLS: Final[dict[str, VectorCall]] = {
    "absent": _absent,
    "absent_over_time": _absent_over_time,
    "histogram_quantile": _histogram_quantile,
    "quantile_over_time": _quantile_over_time,
    "timestamp": _timestamp,
    "vector": _vector,
    **{name: _elementwise(function) for name, function in ELEMENTWISE.items()},
    **{
        name: _ranged(function, named=name == "last_over_time") for name, function in RANGED.items()
    },
}
