"""`manage.py rollback`: the same way back as the click, from a shell. Needs no Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.management.runs import run_named
from migrations_app.management.say import ILL, WELL, actor_named, plainly

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.management.base import CommandParser

    from migrations_app.conductor.rollback import Returned


class Command(BaseCommand):
    help = "Brings every route of a run back to BLUE, and reads each back."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="its number, or its migration's slug")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", required=True, metavar="USER")
        parser.add_argument("--typed", default="", metavar="NAME", help="past no return")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, run = actor_named(options["by"]), run_named(options["run"])
        back = Back(reason=options["reason"], typed=options["typed"])
        with plainly():
            returned = roll_back(run.pk, actor, back)
        self.stdout.write(f"run {run.pk} of {run.migration.slug} in {run.environment}:")
        for one in returned:
            self.stdout.write(_line(one))
        if not all(one.confirmed_at for one in returned):
            raise CommandError(
                "Not every route is confirmed at its baseline. Every poller keeps trying; run this "
                "again to try here."
            )


def _line(one: Returned) -> str:
    mark = WELL if one.confirmed_at else ILL
    trouble = f"; {one.trouble}" if one.trouble else ""
    return (
        f"{mark} {one.route}: requested {_clock(one.requested_at)}, "
        f"applied {_clock(one.applied_at)}, confirmed {_clock(one.confirmed_at)}{trouble}"
    )


def _clock(moment: datetime | None) -> str:
    return "not yet" if moment is None else f"{moment:%H:%M:%S.%f}"[:-3] + " UTC"
