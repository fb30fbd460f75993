"""`manage.py planes`: every traffic plane and every source, and what each of them can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from migrations_app.conductor import catalogue

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Every driver and source that a runbook can name, and what each of them can do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="as docs/planes.md has it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(catalogue.markdown(), ending="")
            return
        for rows in (catalogue.drivers(), catalogue.sources()):
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            for row in rows:
                line = "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True))
                self.stdout.write(line.rstrip())
            self.stdout.write("")
