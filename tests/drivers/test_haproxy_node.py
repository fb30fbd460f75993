"""The order of writes: no request may ever meet servers that all weigh nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.domain.errors import Permanent, UnknownOutcome
from migrations_app.drivers.haproxy.node import Node, Write, after, in_order
from migrations_app.drivers.haproxy.state import Balance, Server
from migrations_app.drivers.haproxy.weights import Sides, Split, nearest
from migrations_app.drivers.haproxy.wire import parse_address

if TYPE_CHECKING:
    from decimal import Decimal

loads = st.lists(st.integers(0, 256), min_size=1, max_size=4)
goals = st.decimals(0, 100, places=2)
untimed = settings(deadline=None)


def server(name: str, weight: int) -> Server:
    return Server(name, weight, 0, operation=2, administration=0, health_check=6, agent_check=0)


def standing(blues: list[int], greens: list[int]) -> Balance:
    return Balance(
        tuple(server(f"blue-{i}", weight) for i, weight in enumerate(blues)),
        tuple(server(f"green-{i}", weight) for i, weight in enumerate(greens)),
    )


def node(now: Balance) -> Node:
    names = [tuple(one.name for one in side) for side in (now.blues, now.greens)]
    return Node(parse_address("unix:///run/haproxy.sock"), "app", *names)


@untimed
@given(loads, loads, goals)
def test_raises_come_before_lowers(blues: list[int], greens: list[int], weight: Decimal) -> None:
    now = standing(blues, greens)
    writes = in_order(now, nearest(weight, Sides(len(blues), len(greens))))
    lowers = [write.was is not None and write.weight < write.was for write in writes]
    assert lowers == sorted(lowers)
    assert {write.server for write in writes} == {one.name for one in now.servers}


@untimed
@given(loads, loads, goals)
def test_never_dark_on_the_way(blues: list[int], greens: list[int], weight: Decimal) -> None:
    now = standing(blues, greens)
    split = nearest(weight, Sides(len(blues), len(greens)))
    if any(blues + greens):
        assert lit_throughout(now, in_order(now, split))


@untimed
@given(loads, loads, goals)
def test_never_dark_without_knowing_where_from(
    blues: list[int], greens: list[int], weight: Decimal
) -> None:
    """What a printed sheet says must be safe whatever the night has brought."""
    now = standing(blues, greens)
    split = nearest(weight, Sides(len(blues), len(greens)))
    if any(blues + greens):
        assert lit_throughout(now, node(now).blind(split))


def lit_throughout(now: Balance, writes: list[Write]) -> bool:
    weights = {one.name: one.weight for one in now.servers}
    for write in writes:
        weights[write.server] = write.weight
        if not any(weights.values()):
            return False
    return True


def test_blue_is_up_before_green_is_down() -> None:
    back = in_order(standing([0], [100]), Split(100, 0))
    assert [write.server for write in back] == ["blue-0", "green-0"]
    forward = in_order(standing([100], [0]), Split(75, 25))
    assert [write.server for write in forward] == ["green-0", "blue-0"]


def test_where_both_rise_blue_rises_first() -> None:
    rise = in_order(standing([100], [0]), Split(175, 25))
    assert [write.server for write in rise] == ["blue-0", "green-0"]


def test_an_error_after_a_write_is_no_longer_sure() -> None:
    refused = Permanent("refused")
    assert after([], refused) is refused
    assert isinstance(after(["app/blue to 100"], refused), UnknownOutcome)
    assert "app/blue to 100" in str(after(["app/blue to 100"], refused))


@pytest.mark.parametrize("weight", [0, 100])
def test_a_side_with_weight_nothing_serves_nothing(weight: int) -> None:
    now = standing([weight], [0])
    assert now.serves is (weight > 0)
    assert (now.weight is None) is (weight == 0)
