"""`manage.py backtest`: when would each check have tripped, or held up a Go?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from migrations_app.conductor.backtest import Backtest, backtest
from migrations_app.domain.chart import Window
from migrations_app.domain.plan.bind import bind
from migrations_app.management.backtest_page import page
from migrations_app.management.backtest_words import Words
from migrations_app.management.books import planned
from migrations_app.management.moments import length, moment
from migrations_app.management.say import MIND, WELL, plainly
from migrations_app.reads.walked import walked

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from migrations_app.domain.backtest.way import Back
    from migrations_app.domain.plan.bind import BoundPlan


class Command(BaseCommand):
    help = "Plays the checks of a runbook over the past of their sources."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="a runbook's file, or a migration's slug")
        parser.add_argument("--environment", required=True, metavar="NAME")
        parser.add_argument("--from", required=True, dest="start", metavar="MOMENT")
        parser.add_argument("--to", default="now", dest="end", metavar="MOMENT")
        parser.add_argument("--step", help="read so often (default: as often as live)")
        parser.add_argument("--html", type=Path, metavar="FILE", help="also draw it, on one page")

    def handle(self, *args: Any, **options: Any) -> None:
        window = _window(options["start"], options["end"])
        step = length(options["step"]) if options["step"] else None
        plan = planned(options["plan"])
        with plainly():
            bound = bind(plan, options["environment"])
            found = backtest(bound, window, step)
        if found.played and found.blind:
            raise CommandError(
                f"No source has anything between {_said(window.start)} and {_said(window.end)} "
                "UTC: it keeps nothing that old, or the queries match nothing."
            )
        words = Words(found, self._back(bound))
        for line in words.lines():
            self.stdout.write(line)
        if options["html"]:
            self._draw(options["html"], found, words)

    def _back(self, bound: BoundPlan) -> Back:
        """How long the way back takes: as measured last, or as the plan expects."""
        try:
            known = walked(bound.plan.migration)
        except DatabaseError as error:
            first = str(error).strip().splitlines()[0]
            self.stdout.write(f"{MIND} What was measured can't be looked up: {first}")
            known = None
        return (known.asked, True) if known else (bound.plan.rollback.total, False)

    def _draw(self, file: Path, found: Backtest, words: Words) -> None:
        try:
            file.write_text(page(found, words), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        self.stdout.write(f"{WELL} drawn in {file}")


def _window(start_text: str, end_text: str) -> Window:
    now = datetime.now(UTC)
    start, end = moment(start_text, now), moment(end_text, now)
    if start >= end:
        raise CommandError(f"--from ({_said(start)}) has to be before --to ({_said(end)}).")
    if end > now:
        raise CommandError(f"--to ({_said(end)} UTC) is in the future; it is {_said(now)} UTC.")
    return Window(start.astimezone(UTC), end.astimezone(UTC))


def _said(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
