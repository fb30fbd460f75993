"""`manage.py rollback`: the same way back as the click, from a shell.

Needs no Redis. Without PostgreSQL it goes by what this machine remembers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from migrations_app.actions.rollback import Back
from migrations_app.conductor import offline
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.states import Verb
from migrations_app.domain.trail import begun
from migrations_app.management.runs import run_named
from migrations_app.management.say import ILL, MIND, WELL, actor_named, plainly

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.management.base import CommandParser

    from migrations_app.conductor.offline import Done
    from migrations_app.conductor.rollback import Returned

_AGAIN = "Run this again to try again"


class Command(BaseCommand):
    help = "Brings every route of a run back to BLUE, and reads each back."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="its number, or its migration's slug")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", required=True, metavar="USER")
        parser.add_argument("--typed", default="", metavar="NAME", help="past no return")
        parser.add_argument("--sure", action="store_true", help="even if BLUE is failing too")
        parser.add_argument(
            "--offline", action="store_true", help="don't ask PostgreSQL: go by this machine alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["offline"]:
            self._offline(options)
            return
        try:
            self._by_the_book(options)
        except (OperationalError, InterfaceError) as error:
            first = str(error).strip().splitlines()[0]
            self.stdout.write(f"{MIND} PostgreSQL does not answer: {first}")
            self._offline(options)

    def _by_the_book(self, options: dict[str, Any]) -> None:
        actor, run = actor_named(options["by"]), run_named(options["run"])
        back = Back(reason=options["reason"], typed=options["typed"], sure=options["sure"])
        with plainly(), begun("click", via=actor.via, verb=Verb.ROLL_BACK, actor=actor.name):
            returned = roll_back(run.pk, actor, back)
        self.stdout.write(f"run {run.pk} of {run.migration.slug} in {run.environment}:")
        for one in returned:
            self.stdout.write(_line(one))
        if not all(one.confirmed_at for one in returned):
            raise CommandError(
                "Not every route is confirmed at its baseline. Every poller keeps trying. "
                f"{_AGAIN} here."
            )

    def _offline(self, options: dict[str, Any]) -> None:
        call = offline.Call(options["by"], options["reason"], options["typed"])
        with plainly():
            kept = offline.remembered(options["run"])
            self.stdout.write(
                f"{MIND} Going by what this machine knew at {kept.at:%Y-%m-%d %H:%M:%S} UTC: "
                f"run {kept.run} of {kept.migration} in {kept.environment}, leg {kept.leg}."
            )
            done = offline.roll_back(kept, call)
        for one in done:
            self.stdout.write(_done(one))
        self.stdout.write(
            f"{MIND} A poller of this machine writes it down once PostgreSQL is back. Until then "
            "nothing here moves these routes forward."
        )
        if any(one.trouble for one in done):
            raise CommandError(
                f"Not every route is at its baseline. {_AGAIN}, or use the break-glass sheet."
            )


def _done(one: Done) -> str:
    if one.trouble:
        return f"{ILL} {one.route}: {one.trouble}"
    return f"{WELL} {one.route}: read back at its baseline"


def _line(one: Returned) -> str:
    mark = WELL if one.confirmed_at else ILL
    trouble = f"; {one.trouble}" if one.trouble else ""
    return (
        f"{mark} {one.route}: requested {_clock(one.requested_at)}, "
        f"applied {_clock(one.applied_at)}, confirmed {_clock(one.confirmed_at)}{trouble}"
    )


def _clock(moment: datetime | None) -> str:
    return "not yet" if moment is None else f"{moment:%H:%M:%S.%f}"[:-3] + " UTC"
