"""An expression bound to its data is a function of time (unix ms)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from promql_parser import ParenExpr

from migrations_app.practice.promql.vectors import Vector

if TYPE_CHECKING:
    from promql_parser import Expr

    from migrations_app.practice.promql.selectors import Instants, Ranges

ScalarAt = Callable[[int], float]
VectorAt = Callable[[int], Vector]


class Binds(Protocol):
    """What binds an argument of each type. `BadData` names what this server does not know."""

    def scalar(self, expr: Expr) -> ScalarAt: ...
    def vector(self, expr: Expr) -> VectorAt: ...
    def instants(self, expr: Expr) -> Instants | None: ...
    def ranges(self, expr: Expr) -> Ranges: ...


def bare(expr: Expr) -> Expr:
    """Without the parentheses around it."""
    return bare(expr.expr) if isinstance(expr, ParenExpr) else expr
