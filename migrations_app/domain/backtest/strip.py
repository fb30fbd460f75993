"""A stretch of verdicts on one line of a terminal. Of several in one place the worst is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.chart import ticks
from migrations_app.domain.verdict.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.backtest.play import Tick
    from migrations_app.domain.chart import Window

SIGNS: Final = {Status.PASS: "·", Status.PENDING: "~", Status.NO_DATA: "?", Status.FAIL: "█"}
_WORSE: Final = list(SIGNS)


def strip(found: Sequence[Tick], window: Window, width: int) -> str:
    """`width` signs; a blank where nothing was evaluated."""
    cells = [""] * width
    for one in found:
        place = min(width - 1, int((one.at - window.start) / window.span * width))
        worst = max(one.verdict.status, cells[place] or Status.PASS, key=_rank)
        cells[place] = worst
    return "".join(SIGNS[Status(cell)] if cell else " " for cell in cells)


def _rank(status: str) -> int:
    return _WORSE.index(Status(status))


def marks(window: Window, width: int) -> str:
    """Round moments above the strip, in UTC, each where its sign is."""
    line = [" "] * width
    word = "%H:%M" if window.span.total_seconds() >= 600 else "%H:%M:%S"
    for at in ticks(window.start, window.end, most=max(1, width // 12)):
        text = f"{at:{word}}"
        place = int((at - window.start) / window.span * width)
        free = all(sign == " " for sign in line[max(0, place - 1) : place + len(text) + 1])
        if place + len(text) <= width and free:
            line[place : place + len(text)] = text
    return "".join(line)
