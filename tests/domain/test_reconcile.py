"""The reconciler's decision: every combination of what is wanted and what is seen."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.reconcile import Do, Order, decide

weights = st.sampled_from([Decimal(w) for w in ("0", "1", "25", "50", "100")])
seen = st.one_of(st.none(), weights)
orders = st.builds(
    Order,
    weight=weights,
    latched=st.booleans(),
    asked=st.booleans(),
    turn=st.booleans(),
    previous=weights,
    untried=st.booleans(),
)


@given(orders, seen)
def test_nothing_is_confirmed_that_was_not_read_back_as_wanted(
    order: Order, observed: Decimal | None
) -> None:
    if decide(order, observed) is Do.CONFIRM:
        assert observed == order.weight
        assert order.asked
        assert order.turn


@given(orders, seen)
def test_without_an_open_flip_only_the_baseline_is_ever_written(
    order: Order, observed: Decimal | None
) -> None:
    if decide(order, observed) in {Do.APPLY, Do.REPAIR} and not order.asked:
        assert order.latched


@given(orders, seen)
def test_nothing_forward_is_written_blindly(order: Order, observed: Decimal | None) -> None:
    if observed is None and not order.latched:
        assert decide(order, observed) is Do.WAIT


@given(orders, seen)
def test_nobody_writes_out_of_turn(order: Order, observed: Decimal | None) -> None:
    if order.asked and not order.turn:
        assert decide(order, observed) in {Do.WAIT, Do.DRIFT}


@given(orders, weights)
def test_a_difference_is_never_silently_accepted(order: Order, observed: Decimal) -> None:
    known = {order.weight, order.previous} if order.asked else {order.weight}
    if observed not in known and not order.latched:
        assert decide(order, observed) in {Do.APPLY, Do.DRIFT}


def test_somebody_elses_move_is_drift_and_towards_blue_a_repair() -> None:
    forward = Order(Decimal(25), latched=False, asked=False, turn=False, previous=Decimal(25))
    back = Order(Decimal(0), latched=True, asked=False, turn=True, previous=Decimal(0))
    assert decide(forward, Decimal(0)) is Do.DRIFT
    assert decide(back, Decimal(25)) is Do.REPAIR


@given(orders, weights)
def test_what_somebody_else_set_is_overwritten_towards_the_baseline_only(
    order: Order, observed: Decimal
) -> None:
    ours = {order.weight, order.previous} if order.asked else {order.weight}
    if observed not in ours and not order.latched and (order.untried or not order.asked):
        assert decide(order, observed) is Do.DRIFT
