"""Bind a parsed query to the store: what comes out needs to be told only the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorSelector,
)

from migrations_app.practice.promql import operators
from migrations_app.practice.promql.aggregate import AGGREGATES, aggregated, grouping
from migrations_app.practice.promql.bound import bare
from migrations_app.practice.promql.calls import SCALAR_CALLS, VECTOR_CALLS
from migrations_app.practice.promql.errors import BadData
from migrations_app.practice.promql.labels import unnamed
from migrations_app.practice.promql.selectors import Instants, Ranges, Scope
from migrations_app.practice.promql.vectors import collected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.practice.promql.bound import ScalarAt, VectorAt

_WHAT: Final = {SubqueryExpr: "subqueries", StringLiteral: "texts"}


class Binder:
    """The parser has checked the types; what is left to refuse is what this server lacks."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def scalar(self, expr: Expr) -> ScalarAt:
        match expr:
            case NumberLiteral(val=number):
                return lambda _time: number
            case ParenExpr(expr=inner):
                return self.scalar(inner)
            case UnaryExpr(expr=inner):
                value = self.scalar(inner)
                return lambda time: -value(time)
            case BinaryExpr():
                return operators.numbers(expr, self.scalar(expr.lhs), self.scalar(expr.rhs))
            case Call() if bind := SCALAR_CALLS.get(expr.func.name):
                return bind(self, expr)
        raise _unknown(expr)

    def vector(self, expr: Expr) -> VectorAt:
        match expr:
            case VectorSelector():
                return Instants(expr, self._scope).values
            case ParenExpr(expr=inner):
                return self.vector(inner)
            case UnaryExpr():
                return self._negated(expr)
            case BinaryExpr():
                return self._binary(expr)
            case AggregateExpr():
                return self._aggregate(expr)
            case Call() if bind := VECTOR_CALLS.get(expr.func.name):
                return bind(self, expr)
        raise _unknown(expr)

    def instants(self, expr: Expr) -> Instants | None:
        """None for anything that is not a selector."""
        inner = bare(expr)
        return Instants(inner, self._scope) if isinstance(inner, VectorSelector) else None

    def ranges(self, expr: Expr) -> Ranges:
        inner = bare(expr)
        if isinstance(inner, MatrixSelector):
            return Ranges(inner, self._scope)
        raise _unknown(inner)

    def _negated(self, expr: UnaryExpr) -> VectorAt:
        vector = self.vector(expr.expr)
        return lambda time: collected(
            (unnamed(labels), -value) for labels, value in vector(time).items()
        )

    def _binary(self, expr: BinaryExpr) -> VectorAt:
        left, right = expr.lhs, expr.rhs
        if is_scalar(left):
            return operators.number_with_vector(expr, self.scalar(left), self.vector(right))
        if is_scalar(right):
            return operators.vector_with_number(expr, self.vector(left), self.scalar(right))
        return operators.vectors(expr, self.vector(left), self.vector(right))

    def _aggregate(self, expr: AggregateExpr) -> VectorAt:
        combine = AGGREGATES.get(str(expr.op))
        if combine is None:
            raise BadData(_lacks(f'the aggregation "{expr.op}"', AGGREGATES))
        vector, group_of = self.vector(expr.expr), grouping(expr.modifier)
        return lambda time: aggregated(vector(time), group_of, combine)


def is_scalar(expr: Expr) -> bool:
    """Whether it is one number rather than a vector."""
    match expr:
        case NumberLiteral():
            return True
        case ParenExpr(expr=inner) | UnaryExpr(expr=inner):
            return is_scalar(inner)
        case BinaryExpr(lhs=left, rhs=right):
            return is_scalar(left) and is_scalar(right)
        case Call():
            return bool(expr.func.return_type == ValueType.Scalar)
        case _:
            return False


def _unknown(expr: Expr) -> BadData:
    if isinstance(expr, Call):
        known = SCALAR_CALLS | VECTOR_CALLS
        return BadData(_lacks(f"the function {expr.func.name}()", known))
    what = _WHAT.get(type(expr), f'"{expr}" in this place')
    return BadData(f"the practice range does not know {what}")


def _lacks(what: str, known: Iterable[str]) -> str:
    return f"the practice range does not know {what}; it knows {', '.join(sorted(known))}"
