"""Two hands that click at the same moment."""

from __future__ import annotations

from threading import Barrier
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor


def at_once(hands: ThreadPoolExecutor, *verbs: Callable[[], object]) -> list[object]:
    """Say every verb at the same moment; answers in order, a refusal as itself."""
    barrier = Barrier(len(verbs))

    def one(verb: Callable[[], object]) -> object:
        barrier.wait(10)
        return answer(verb)

    return [future.result(30) for future in [hands.submit(one, verb) for verb in verbs]]


def answer(verb: Callable[[], object]) -> object:
    """What a verb answers, a refusal as itself."""
    try:
        return verb()
    except Refused as refused:
        return refused
