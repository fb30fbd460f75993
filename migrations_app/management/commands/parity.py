"""`manage.py parity`: do two databases hold the same? Asked once, without a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.conductor.parity_alone import Compared, alone, configs
from migrations_app.domain.errors import SeamError
from migrations_app.domain.parity.answer import apart, told
from migrations_app.domain.plan.problem import nearest
from migrations_app.management.books import planned
from migrations_app.management.say import ILL, MIND, WELL, plainly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser

    from migrations_app.domain.parity.progress import Progress
    from migrations_app.sources.parity.config import ParityConfig

LISTED = 20


class Command(BaseCommand):
    help = "Compares the tables of a plan's parity sources once, and says what differs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="a runbook's file, or a migration's slug")
        parser.add_argument("--environment", required=True, metavar="NAME")
        parser.add_argument("--table", action="append", metavar="NAME", help="only this one")
        parser.add_argument("--keys", action="store_true", help="name the rows that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        with plainly():
            found = configs(planned(options["plan"]), options["environment"])
        chosen = [(config, _tables(found, config, options["table"])) for config in found.values()]
        try:
            compared = [one for config, tables in chosen
                        for one in self._told(config, tables, keys=options["keys"])]  # fmt: skip
        except SeamError as error:
            raise CommandError(str(error)) from error
        if wrong := [one.table for one in compared if one.trouble or not one.done.equal]:
            raise CommandError(f"Not the same on both sides: {', '.join(wrong)}.")

    def _told(self, config: ParityConfig, tables: list[str], *, keys: bool) -> Iterator[Compared]:
        for one in alone(config, tables, self._going):
            for line in _lines(one, keys=keys):
                self.stdout.write(line)
            yield one

    def _going(self, table: str, known: Progress) -> None:
        """Only for who looks on; a file holds what was found and nothing else."""
        if getattr(self.stderr, "isatty", bool)():
            self.stderr.write(f"\r{table}: {known.blue.rows:,} rows", ending="")


def _tables(
    found: dict[str, ParityConfig], config: ParityConfig, wanted: list[str] | None
) -> list[str]:
    there = {name for one in found.values() for name in one.tables}
    for name in wanted or ():
        if name not in there:
            raise CommandError(f"No table {name} is compared.{nearest(name, there)}")
    return [name for name in config.tables if wanted is None or name in wanted]


def _lines(one: Compared, *, keys: bool) -> Iterator[str]:
    if one.trouble:
        yield f"{ILL} {one.table}: {one.trouble}"
        return
    yield f"{WELL if one.done.equal else ILL} {one.table}: {told(one.done)}"
    yield from (f"    {line}" for line in _counts(one.done))
    for row in one.found[:LISTED] if keys else ():
        columns = f" in {', '.join(row.columns)}" if row.columns else ""
        yield f"    {', '.join(row.key)}: {row.how.replace('_', ' ')}{columns}"
    left = len(one.found) - LISTED
    if keys and left > 0:
        yield f"    {MIND} and {left:,} more"


def _counts(done: Progress) -> Iterator[str]:
    """What is apart, and by how much; nothing where nothing is."""
    more = apart(done)
    if more.rows:
        yield f"BLUE has {more.rows:+,} rows"
    for name, value in more.sums.items():
        if value:
            yield f"the sum of {name} is {value:+,} in BLUE"
    for name, buckets in more.buckets.items():
        for bucket, count in sorted(buckets.items()):
            if count:
                yield f"BLUE has {count:+,} rows with {name} = {bucket}"
