"""`manage.py replay`: does the judge still say of a run what it said then?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.domain.replay import Replay, Replayed, alone, told
from migrations_app.management.books import exported
from migrations_app.management.say import ILL, MIND, WELL
from migrations_app.models import Run
from migrations_app.reads.export import with_readings
from migrations_app.reads.replay import replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.management.base import CommandParser

    from migrations_app.domain.export import Document
    from migrations_app.domain.replay import CheckReplay, Disagreement
    from migrations_app.domain.replay.told import Told

_SHOWN = 50


class Command(BaseCommand):
    help = "Judges every reading of a run again and compares with what was recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("run", nargs="?", type=int)
        which.add_argument("--file", type=Path, help="an export; needs no database")
        parser.add_argument(
            "--save", type=Path, metavar="FILE", help="also export the run with its readings"
        )
        parser.add_argument("--changes", action="store_true", help="every change of verdict")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            if options["save"]:
                raise CommandError("--save exports a run of the database, not a file.")
            self._file(exported(options["file"]), every=options["changes"])
            return
        run = Run.objects.select_related("migration").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        self.stdout.write(f"run {run.pk} of {run.migration.slug} in {run.environment}:")
        if options["save"]:
            self._save(run.pk, options["save"])
        self._tell(replay(run.pk), every=options["changes"])

    def _save(self, run_id: int, file: Path) -> None:
        try:
            with file.open("w", encoding="utf-8") as opened:
                opened.writelines(with_readings(run_id))
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        self.stdout.write(f"{WELL} timeline and readings are in {file}")

    def _file(self, document: Document, *, every: bool) -> None:
        self.stdout.write(
            f"run {document.run} of {document.migration} in {document.environment}, exported "
            f"{document.exported_at:%Y-%m-%d %H:%M:%S} UTC:"
        )
        known = told(document.plan, [one.entry() for one in document.entries])
        if document.readings is None:
            self._alone(known)
            return
        again = Replay(known)
        for one in document.readings:
            again.play(one.sample())
        self._tell(again.finish(), every=every)

    def _alone(self, known: Told) -> None:
        judged, wrong = alone(known)
        self.stdout.write(
            f"{MIND} This export has no readings: `manage.py replay RUN --save FILE` writes one "
            f"that has. Judged are the {judged} verdicts frozen into decisions, each by itself; "
            "for how long something was so can't be told from them."
        )
        self._end(wrong)

    def _tell(self, found: Replayed, *, every: bool) -> None:
        for check in found.checks:
            self._check(check, every=every)
        self.stdout.write(f"  {found.frozen} verdicts frozen into decisions were compared as well")
        if found.unjudged:
            self.stdout.write(
                f"{MIND} {found.unjudged} readings were not judged: the plan they were read under "
                "was amended, and is not on record."
            )
        self._end(found.every)

    def _check(self, one: CheckReplay, *, every: bool) -> None:
        wrong = len(one.disagreements)
        agrees = f"{wrong} disagree" if wrong else "all agree"
        mark = ILL if wrong else MIND if one.unjudged == one.readings else WELL
        count = _counted(len(one.changes), "change of verdict", "changes of verdict")
        readings = _counted(one.readings, "reading", "readings")
        self.stdout.write(f"{mark} {one.name}: {readings}, {count}, {agrees}")
        for change in one.changes if every else ():
            self.stdout.write(
                f"    {change.at:%Y-%m-%d %H:%M:%S} UTC  {change.before} → {change.after}: "
                f"{change.sentence}"
            )

    def _end(self, wrong: Sequence[Disagreement]) -> None:
        for one in wrong[:_SHOWN]:
            self.stdout.write(f"{ILL} {one}")
        if len(wrong) > _SHOWN:
            self.stdout.write(f"  and {len(wrong) - _SHOWN} more")
        if wrong:
            raise CommandError("What was recorded is not what the judge says of it.")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
