"""`manage.py doctor`: is everything here that a night needs?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.conductor.doctor import house, stack
from migrations_app.management.books import planned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.management.base import CommandParser

    from migrations_app.conductor.doctor_words import Part
    from migrations_app.domain.plan.schema import Plan


class Command(BaseCommand):
    help = "Looks at our own half and, for a migration or a runbook, at everything it needs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", nargs="?", help="a migration's slug, or a runbook's file")
        parser.add_argument("--environment", action="append", default=[], metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = self._show(house())
        if options["plan"]:
            plan = planned(options["plan"])
            wrong += self._show(stack(plan, _known(plan, options["environment"])))
        else:
            self.stdout.write("Name a migration or a runbook to look at its routes and metrics.")
        if wrong:
            raise CommandError(
                "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
            )

    def _show(self, parts: Iterable[Part]) -> int:
        """Part by part, as soon as each is known; how many things are wrong."""
        wrong = 0
        for part in parts:
            if part.said:
                self.stdout.write(f"{part.title}")
            for one in part.said:
                self.stdout.write(f"  {one}")
                wrong += one.wrong
            self.stdout.flush()
        return wrong


def _known(plan: Plan, names: list[str]) -> list[str]:
    for name in names:
        if name not in plan.environments:
            known = ", ".join(plan.environments) or "none"
            raise CommandError(f'The plan has no environment "{name}". Known: {known}.')
    return names
