"""The trail of a click: stretches of work, one within the other, from the click to the read-back.

Nothing is kept of it unless a tracer was set. Work that belongs to no click leaves no trail.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from migrations_app.domain.about import about

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from migrations_app.domain.about import Fact


class Tracer(Protocol):
    """Keeps stretches of work somewhere, each with what is known of it when it ends."""

    def stretch(self, name: str, carried: str | None) -> AbstractContextManager[object]:
        """One stretch. `carried`: goes on from there, or begins anew if empty; None: only within
        another."""
        ...

    def carry(self) -> str:
        """The stretch at hand, for another process to go on from; empty if there is none."""
        ...


class _Nobody:
    def stretch(self, name: str, carried: str | None) -> AbstractContextManager[object]:  # noqa: ARG002 (the protocol's)
        return nullcontext()

    def carry(self) -> str:
        return ""


_NOBODY = _Nobody()
_tracer: Tracer = _NOBODY


def trace_with(tracer: Tracer | None) -> None:
    """Whoever keeps the trail from now on, in this process. None: nobody."""
    global _tracer  # noqa: PLW0603 (one per process, set as it starts)
    _tracer = tracer or _NOBODY


@contextmanager
def begun(name: str, carried: str = "", **facts: Fact) -> Iterator[None]:
    """A stretch that may be the first of its trail, or goes on from what was `carried` here."""
    with about(**facts), _tracer.stretch(name, carried):
        yield


@contextmanager
def doing(name: str, **facts: Fact) -> Iterator[None]:
    """A stretch within another; on its own it leaves no trail."""
    with about(**facts), _tracer.stretch(name, None):
        yield


def carry() -> str:
    """What another process goes on from, in 55 characters; empty where nobody keeps a trail."""
    return _tracer.carry()
