"""Several processes of one plane asked at once: what their answers amount to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST_DETAIL = 500


class Node(Protocol):
    """One process. `address` in words tells it from the others."""

    @property
    def address(self) -> object: ...


N = TypeVar("N", bound=Node)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answers(Generic[N, T]):
    """Per node, in order, a value or the error it came to."""

    given: list[tuple[N, T]]
    errors: list[SeamError]

    def complete(self) -> list[tuple[N, T]]:
        """All values of a reading; one node that could not be read makes the whole unread."""
        for kind in (Permanent, Conflict):
            if self._has(kind):
                raise kind(self._sentences())
        if self.errors:
            raise Transient(self._sentences(), self._come_again())
        return self.given

    def settled(self) -> None:
        """Raise what a write amounts to: anything done, or maybe done, makes it unknown."""
        if not self.errors:
            return
        if self.given or self._has(UnknownOutcome):
            raise UnknownOutcome(self._sentences())
        self.complete()

    def _has(self, kind: type[SeamError]) -> bool:
        return any(isinstance(error, kind) for error in self.errors)

    def _come_again(self) -> float | None:
        """When the last of them may be asked again, as far as they say."""
        told = [one.retry_after for one in self.errors if isinstance(one, Transient)]
        return max((one for one in told if one is not None), default=None)

    def _sentences(self) -> str:
        said = " ".join(str(error) for error in self.errors)
        others = ", ".join(str(node.address) for node, _ in self.given)
        return f"{said} The others answered: {others}." if others else said


def everywhere(
    nodes: Sequence[N], seconds: float, call: Callable[[N, Deadline], T]
) -> Answers[N, T]:
    """Call every node at the same time, so that one that hangs delays no other."""
    answer = partial(_answer, call, Deadline(seconds))
    if len(nodes) == 1:
        told = [answer(nodes[0])]
    else:
        with ThreadPoolExecutor(len(nodes), "nodes") as pool:
            told = list(pool.map(answer, nodes))
    return Answers(
        [answered for answered in told if not isinstance(answered, SeamError)],
        [answered for answered in told if isinstance(answered, SeamError)],
    )


def in_words(told: Mapping[str, str], *, agree: bool) -> str:
    """One node's words where all say the same, else each node's. Short enough to be stored."""
    if len(set(told.values())) == 1:
        return next(iter(told.values()))[:LONGEST_DETAIL]
    each = ", ".join(f"{address}: {detail}" for address, detail in told.items())
    told_apart = each if agree else f"nodes disagree, the weight shown is about their mean: {each}"
    return told_apart[:LONGEST_DETAIL]


def _answer(
    call: Callable[[N, Deadline], T], deadline: Deadline, node: N
) -> tuple[N, T] | SeamError:
    try:
        return node, call(node, deadline)
    except SeamError as error:
        return error
