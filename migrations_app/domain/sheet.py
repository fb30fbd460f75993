"""The break-glass sheet: how people bring everything back to BLUE without Warroom.

It is made of what the drivers would type, before anybody needs it, and is read when nothing of ours
answers: on paper, in a chat, in a terminal. So it says everything itself and links to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

_AFTER: Final = (
    "Write down who did what, and when.",
    "Warroom, once it is back, shows the change as drift and holds. It does not undo it.",
    "Then press ROLL BACK in the room, so that it keeps every route where you put it.",
)


@dataclass(frozen=True, slots=True)
class Way:
    """One route's way back. `commands` in their order, the last ones read back.

    `problem`: why there are none; then whoever owns the plane has to know how.
    """

    route: str
    title: str
    driver: str
    rank: int
    weight: Decimal
    commands: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`ways` in the order of their ranks: what has the same rank goes at once.

    `people` by role. `steps`: what the plan asks of people beside the weights. `no_return`: the
    phases from which on going back loses what was written since.
    """

    migration: str
    title: str
    run: int
    environment: str
    plan_sha256: str
    at: datetime
    people: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...]
    no_return: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    drain: str = ""

    @property
    def first(self) -> str:
        """What to try before anything is typed by hand."""
        return f'manage.py rollback {self.migration} --by YOU --reason "why"'

    @property
    def ranks(self) -> list[tuple[int, list[Way]]]:
        """Ways to go at once, numbered in their order."""
        ordered = sorted(self.ways, key=lambda way: way.rank)
        groups = groupby(ordered, key=lambda way: way.rank)
        return [(number, list(ways)) for number, (_, ways) in enumerate(groups, 1)]

    @property
    def after(self) -> Sequence[str]:
        """What to do when every route is back."""
        return _AFTER


def text(sheet: Sheet) -> str:
    """The whole sheet for a terminal or a chat, at most 100 columns but for the commands."""
    return "\n".join(_lines(sheet)) + "\n"


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"BREAK-GLASS SHEET: {sheet.title}"
    yield f"run {sheet.run} in {sheet.environment}, plan {sheet.plan_sha256[:12]}"
    yield f"printed {sheet.at:%Y-%m-%d %H:%M:%S} UTC"
    yield ""
    yield "FIRST TRY, on a machine of Warroom's (needs no web process, no workers, no Redis,"
    yield "and without PostgreSQL works from what this machine remembers):"
    yield f"  {sheet.first}"
    yield ""
    for number, ways in sheet.ranks:
        together = ", all of these at once" if len(ways) > 1 else ""
        yield f"STEP {number}{together}"
        for way in ways:
            yield from _way(way)
    yield from _rest(sheet)


def _way(way: Way) -> Iterator[str]:
    yield f"  {way.title} ({way.driver}) to {way.weight.normalize():f} % GREEN:"
    if way.problem:
        yield f"    NO COMMANDS: {way.problem}"
    yield from (f"    {command}" for command in way.commands)
    yield ""


def _rest(sheet: Sheet) -> Iterator[str]:
    if sheet.no_return:
        yield f"NO RETURN from {', '.join(sheet.no_return)} on: going back loses what was written."
        yield ""
    if sheet.steps:
        yield "WHAT THE PLAN ASKS BESIDE THAT"
        yield from (f"  {step}" for step in sheet.steps)
        yield ""
    if sheet.drain:
        yield f"REQUESTS ALREADY ON GREEN: {sheet.drain}"
        yield ""
    yield "TELL"
    yield from (f"  {role}: {names}" for role, names in sheet.people)
    yield ""
    yield "THEN"
    yield from (f"  {line}" for line in sheet.after)
