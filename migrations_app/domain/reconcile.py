"""What the reconciler ought to do about one route: a pure decision over what is wanted and seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


class Do(StrEnum):
    """One thing to do."""

    NOTHING = "nothing"  # all is as it ought to be
    WAIT = "wait"  # another route's turn, or nothing can be known now
    APPLY = "apply"  # write the weight that was asked for
    CONFIRM = "confirm"  # it is there: say so
    REPAIR = "repair"  # off the baseline after a rollback: write it again
    DRIFT = "drift"  # somebody else moved it: show, hold, page; never overwrite


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a route.

    `weight` is what ought to be, the baseline wherever a latch exists. `asked`: a flip is open.
    `turn`: it is that flip's turn. `previous`: what the route was at before that flip. `untried`:
    it moves forward and was not written yet, so that whatever is seen is not of our making.
    """

    weight: Decimal
    latched: bool
    asked: bool
    turn: bool
    previous: Decimal
    untried: bool = False


def decide(order: Order, seen: Decimal | None) -> Do:
    """`seen`: GREEN's share as read back just now, None when it could not be read.

    Repairs go towards the baseline only. What can't be read is written blindly only on the way
    back to the baseline, and never confirmed.
    """
    if seen is None:
        return Do.APPLY if order.latched and order.turn else Do.WAIT
    if order.asked:
        return _asked(order, seen)
    if seen == order.weight:
        return Do.NOTHING
    return Do.REPAIR if order.latched else Do.DRIFT


def _asked(order: Order, seen: Decimal) -> Do:
    expected = order.latched or seen in {order.previous, order.weight}
    if not order.turn:
        return Do.WAIT if expected else Do.DRIFT
    if seen == order.weight:
        return Do.CONFIRM
    return Do.DRIFT if order.untried and not expected else Do.APPLY
