"""A driver over all processes of its plane: each is asked at the same time, all have to agree.

One process speaks for itself, token included. Several have no token: each would keep its own, and
between them nobody could tell an old decision from a new one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Observed
from migrations_app.drivers.nodes import everywhere, in_words
from migrations_app.drivers.share import combined, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from migrations_app.wire.deadline import Deadline


class Node(Protocol):
    """One process. Calls end by their deadline; weights are ones that `cannot` has nothing against.

    `sheet` ends with the line that reads back. `look` yields findings and raises what makes all
    further ones moot.
    """

    @property
    def address(self) -> str: ...

    def observe(self, deadline: Deadline) -> Observed: ...

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None: ...

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]: ...

    def sheet(self, weight: Decimal) -> list[str]: ...

    def look(self, deadline: Deadline) -> Iterator[Finding]: ...

    def close(self) -> None: ...


class Fleet:
    """The verbs of a driver, for one process or several."""

    lag = 0.0

    def __init__(self, nodes: Sequence[Node], seconds: float) -> None:
        """`seconds` bound every call."""
        self._nodes = nodes
        self._seconds = seconds

    def cannot(self, weight: Decimal) -> str | None:
        """Every weight of two decimals can be set."""
        return malformed(weight)

    def observe(self) -> Observed:
        """GREEN's share on every process; where they disagree one that equals none asked for."""
        read = everywhere(self._nodes, self._seconds, _observe).complete()
        seen = {node.address: one for node, one in read}
        if len(seen) == 1:
            return next(iter(seen.values()))
        weights = [one.weight for one in seen.values()]
        told = {address: one.detail for address, one in seen.items()}
        detail = in_words(told, agree=len(set(weights)) == 1)
        return Observed(combined(weights), None, detail, _in_flight(list(seen.values())))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set it everywhere. Anything done, or maybe done, makes a failure elsewhere unknown."""
        call = partial(_apply, self._possible(weight), token)
        everywhere(self._nodes, self._seconds, call).settled()

    def preview(self, weight: Decimal) -> list[str]:
        """What is sent to each process, with what is there now."""
        call = partial(_preview, self._possible(weight))
        told = everywhere(self._nodes, self._seconds, call).complete()
        return [line for _, lines in told for line in lines]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """The lines that set it on each process, then those that read back."""
        sheets = [node.sheet(self._possible(weight)) for node in self._nodes]
        sets = [line for lines in sheets for line in lines[:-1]]
        return sets + [lines[-1] for lines in sheets]

    def check(self) -> list[Finding]:
        """Everything about each process, up to the first question it does not answer."""
        told = everywhere(self._nodes, self._seconds, _findings).complete()
        if len(told) == 1:
            return told[0][1]
        return [_named(one, node.address) for node, of_node in told for one in of_node]

    def close(self) -> None:
        for node in self._nodes:
            node.close()

    def _possible(self, weight: Decimal) -> Decimal:
        if why := self.cannot(weight):
            raise Permanent(why)
        return weight


def _observe(node: Node, deadline: Deadline) -> Observed:
    return node.observe(deadline)


def _apply(weight: Decimal, token: str | None, node: Node, deadline: Deadline) -> None:
    node.apply(weight, token, deadline)


def _preview(weight: Decimal, node: Node, deadline: Deadline) -> list[str]:
    return node.preview(weight, deadline)


def _findings(node: Node, deadline: Deadline) -> list[Finding]:
    return list(_up_to_an_error(node, deadline))


def _up_to_an_error(node: Node, deadline: Deadline) -> Iterator[Finding]:
    try:
        yield from node.look(deadline)
    except SeamError as error:
        yield Finding(ok=False, what=node.address, sentence=str(error))


def _named(finding: Finding, address: str) -> Finding:
    return Finding(finding.ok, f"{finding.what} on {address}", finding.sentence)


def _in_flight(seen: list[Observed]) -> int | None:
    told = [one.in_flight for one in seen if one.in_flight is not None]
    return sum(told) if len(told) == len(seen) else None
