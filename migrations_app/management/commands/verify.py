"""`manage.py verify`: is the timeline whole, and does it tell what the tables hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.domain import export
from migrations_app.management.books import exported
from migrations_app.management.say import show
from migrations_app.models import Run
from migrations_app.reads.audit import audit

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Checks hashes, order, head and story of a run's timeline."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("run", nargs="?", type=int)
        which.add_argument("--all", action="store_true", help="every run there is")
        which.add_argument("--file", type=Path, help="an export; needs no database")
        parser.add_argument("--head", metavar="HASH", help="the last hash as you noted it")

    def handle(self, *args: Any, **options: Any) -> None:
        head = options["head"]
        if options["all"] and head:
            raise CommandError("--head belongs to one run.")
        if options["file"]:
            whole = self._file(options["file"], head)
        else:
            audited = [self._run(run, head) for run in _wanted(options["run"])]
            whole = all(audited)
            if not audited:
                self.stdout.write("There are no runs yet.")
        if not whole:
            raise CommandError("Something is not as it was written.")

    def _run(self, run: Run, head: str | None) -> bool:
        self.stdout.write(f"run {run.pk} of {run.migration.slug} in {run.environment}:")
        well = show(self.stdout, audit(run.pk, head))
        self.stdout.write(f"  {run.seq} entries, head {run.head_hash or 'none'}")
        return well

    def _file(self, file: Path, head: str | None) -> bool:
        document = exported(file)
        self.stdout.write(
            f"run {document.run} of {document.migration} in {document.environment}, exported "
            f"{document.exported_at:%Y-%m-%d %H:%M:%S} UTC:"
        )
        well = show(self.stdout, export.audit(document, head))
        self.stdout.write(f"  {document.seq} entries, head {document.head_hash or 'none'}")
        return well


def _wanted(run_id: int | None) -> list[Run]:
    runs = Run.objects.select_related("migration").order_by("id")
    found = list(runs if run_id is None else runs.filter(pk=run_id))
    if run_id is not None and not found:
        raise CommandError(f"There is no run {run_id}.")
    return found
