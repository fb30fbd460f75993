"""`manage.py checks`: the catalogue of ready-made checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.ready import CATALOGUE
from migrations_app.management import ready_page

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Lists the ready-made checks, or tells one in full."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("word", nargs="?", help="one of them, in full")
        parser.add_argument(
            "--markdown", action="store_true", help="all of them, as docs/checks.md"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(ready_page.page(), ending="")
            return
        lines = self._one(options["word"]) if options["word"] else ready_page.lines()
        for line in lines:
            self.stdout.write(line)

    def _one(self, word: str) -> list[str]:
        if word not in CATALOGUE:
            hint = nearest(word, CATALOGUE)
            raise CommandError(f'There is no ready-made check "{word}".{hint}')
        return list(ready_page.entry(CATALOGUE[word]))
