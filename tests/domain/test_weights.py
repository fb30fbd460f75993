"""Targets of phases, and the moves that lead there and back."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.weights import backward, forward, order, targets

PLAN = Plan.model_validate(
    {
        "migration": "m",
        "title": "M",
        "routes": [{"name": "web"}, {"name": "flag"}, {"name": "reads", "baseline": 5}],
        "phases": [
            {"name": "shadow"},
            {"name": "one", "weights": {"web": 1, "flag": 1}, "order": ["flag"]},
            {"name": "half", "weights": {"web": 50}},
        ],
    }
)


def test_a_route_keeps_its_weight_until_a_phase_names_it() -> None:
    assert targets(PLAN, 2) == {"web": Decimal(50), "flag": Decimal(1), "reads": Decimal(5)}
    assert targets(PLAN, -1) == {"web": Decimal(0), "flag": Decimal(0), "reads": Decimal(5)}


def test_routes_move_as_declared_unless_the_phase_says_otherwise() -> None:
    assert order(PLAN, 1) == ["flag", "web", "reads"]
    assert order(PLAN, 2) == ["web", "flag", "reads"]


def test_entering_names_what_moves_and_every_reads_back_the_rest() -> None:
    desired = targets(PLAN, 0)
    assert [move.route for move in forward(PLAN, 1, desired, every=False)] == ["flag", "web"]
    assert len(forward(PLAN, 1, desired, every=True)) == 3


weights = st.decimals(0, 100, places=2)


@given(weights, weights, weights)
def test_backward_undoes_forward_last_first(web: Decimal, flag: Decimal, reads: Decimal) -> None:
    start = {"web": web, "flag": flag, "reads": reads}
    moves = forward(PLAN, 2, start, every=True)
    state = dict(start)
    for move in [*moves, *backward(moves)]:
        assert state[move.route] == move.previous
        state[move.route] = move.weight
    assert state == start
    assert [m.route for m in backward(moves)] == [m.route for m in reversed(moves)]
