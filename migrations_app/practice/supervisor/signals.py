"""One way to end a program: Ctrl-C. Other polite requests become that."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def ended_politely() -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt. Main thread only.

    SIGINT even if it is ignored, because a shell starts background jobs so; but whoever is told
    to ignore SIGHUP is meant to outlive its terminal.
    """
    immune = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    wanted = [number for number in POLITE if not (immune and number is signal.SIGHUP)]
    before = {number: signal.signal(number, _interrupt) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
