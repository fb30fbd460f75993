"""What the work at hand is about: facts that its log lines and its traces carry.

Facts are bound where they become known and read where something is written, with nothing handed
through in between. They belong to the context they were bound in (`contextvars`): another thread
knows them only if it was given a copy.

The words: `request` one HTTP request; `run`, `leg`, `route`, `actor`, `view`; `seq` an entry of the
run's timeline; `decision` what moved the run, as `run.revision`, which every flip that follows from
it has too; `latch` an abort, as `run.leg`, known before its decision is.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fact = str | int

_SCOPES: Final[ContextVar[tuple[dict[str, Fact], ...]]] = ContextVar("about", default=())


@contextmanager
def about(**facts: Fact) -> Iterator[None]:
    """Everything in here is about these, too."""
    around = _SCOPES.get()
    mine = {**around[-1], **facts} if around else dict(facts)
    token = _SCOPES.set((*around, mine))
    try:
        yield
    finally:
        _SCOPES.reset(token)


def learn(**facts: Fact) -> None:
    """From here on, and all around us, this is known, where nothing else was known before.

    What came of a click is learned deep inside of it, and told by the line that ends it.
    """
    for scope in _SCOPES.get():
        for name, fact in facts.items():
            scope.setdefault(name, fact)


def known() -> Mapping[str, Fact]:
    """Every fact about the work at hand."""
    scopes = _SCOPES.get()
    return scopes[-1] if scopes else {}


def decision(run: int, revision: int) -> str:
    """The id of what moved a run to this revision."""
    return f"{run}.{revision}"


def latched(run: int, leg: int) -> str:
    """The id of the abort of a leg."""
    return f"{run}.{leg}"
