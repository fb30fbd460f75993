"""Operators between numbers and vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from migrations_app.practice.promql.arithmetic import ARITHMETIC, COMPARISON, NAN
from migrations_app.practice.promql.errors import BadData
from migrations_app.practice.promql.labels import unnamed
from migrations_app.practice.promql.matching import SETS, matching_of, paired
from migrations_app.practice.promql.vectors import Vector, collected

if TYPE_CHECKING:
    from collections.abc import Callable

    from promql_parser import BinaryExpr

    from migrations_app.practice.promql.bound import ScalarAt, VectorAt


class Operator(NamedTuple):
    """`filters` keeps a series as it is or drops it (None); anything else makes a new value."""

    combine: Callable[[float, float], float | None]
    filters: bool


def numbers(node: BinaryExpr, left: ScalarAt, right: ScalarAt) -> ScalarAt:
    combine = _operator_of(node).combine

    def at(time: int) -> float:
        value = combine(left(time), right(time))
        return NAN if value is None else value  # None can't be: such a comparison has `bool`

    return at


def vector_with_number(node: BinaryExpr, left: VectorAt, right: ScalarAt) -> VectorAt:
    operator = _operator_of(node)

    def at(time: int) -> Vector:
        number = right(time)
        return _mapped(left(time), operator, lambda value: operator.combine(value, number))

    return at


def number_with_vector(node: BinaryExpr, left: ScalarAt, right: VectorAt) -> VectorAt:
    operator = _operator_of(node)

    def at(time: int) -> Vector:
        number = left(time)
        return _mapped(right(time), operator, lambda value: operator.combine(number, value))

    return at


def vectors(node: BinaryExpr, left: VectorAt, right: VectorAt) -> VectorAt:
    matching = matching_of(node.modifier)
    if combine_sets := SETS.get(str(node.op)):
        return lambda time: combine_sets(left(time), right(time), matching)
    operator = _operator_of(node)
    return lambda time: paired(
        left(time), right(time), matching, operator.combine, named=operator.filters
    )


def _operator_of(node: BinaryExpr) -> Operator:
    sign = str(node.op)
    if calculate := ARITHMETIC.get(sign):
        return Operator(calculate, filters=False)
    compare = COMPARISON.get(sign)
    if compare is None:
        raise BadData(f'the practice range does not know the operator "{sign}"')
    if node.modifier is not None and node.modifier.return_bool:
        return Operator(lambda left, right: float(compare(left, right)), filters=False)
    return Operator(lambda left, right: left if compare(left, right) else None, filters=True)


def _mapped(vector: Vector, operator: Operator, combine: Callable[[float], float | None]) -> Vector:
    if operator.filters:
        return {labels: value for labels, value in vector.items() if combine(value) is not None}
    results = ((unnamed(labels), combine(value)) for labels, value in vector.items())
    return collected((labels, value) for labels, value in results if value is not None)
