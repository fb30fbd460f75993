"""`manage.py runbook`: lint a runbook, load it, write a stored plan out as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.actions.load import load
from migrations_app.conductor.lint import lint
from migrations_app.domain.plan.problem import RunbookError, Severity
from migrations_app.domain.plan.runbook import dump, open_runbook
from migrations_app.management.books import read, stored
from migrations_app.management.say import ILL, MIND, WELL, actor_named, plainly

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from migrations_app.actions.load import Loaded
    from migrations_app.domain.plan.problem import Problem
    from migrations_app.domain.plan.schema import Plan

_SOURCES = "let every source parse its queries; needs them reachable"


class Command(BaseCommand):
    help = "Lints, loads and dumps runbooks."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, what in (("lint", "say what is wrong with it"), ("load", "store its plan")):
            one = verbs.add_parser(verb, help=what)
            one.add_argument("file", type=Path)
            one.add_argument("--check-sources", action="store_true", help=_SOURCES)
            if verb == "load":
                one.add_argument("--by", metavar="USER", help="the DRI who asks for it")
        written = verbs.add_parser("dump", help="write a stored plan as a runbook")
        written.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "dump":
                self.stdout.write(dump(stored(options["slug"])), ending="")
            case "lint":
                self._lint(options["file"], read(options["file"]), ask=options["check_sources"])
                self.stdout.write(f"{WELL} {options['file']}: nothing refuses a start")
            case _:
                text = read(options["file"])
                plan = self._lint(options["file"], text, ask=options["check_sources"])
                self._load(plan, options["by"], text)

    def _lint(self, file: Path, text: str, *, ask: bool) -> Plan:
        """The plan in `text`, if nothing in it refuses a start."""
        try:
            book = open_runbook(text)
        except RunbookError as error:
            self._told(file, error.problems)
            raise
        self._told(file, book.located(lint(book.plan, ask_sources=ask)))
        return book.plan

    def _told(self, file: Path, problems: list[Problem]) -> None:
        errors = [one for one in problems if one.severity is Severity.ERROR]
        for one in problems:
            self.stderr.write(f"{ILL if one in errors else MIND} {one}")
        if errors:
            count = "one thing" if len(errors) == 1 else f"{len(errors)} things"
            raise CommandError(f"{file}: {count} to put right first. Nothing was stored.")

    def _load(self, plan: Plan, by: str | None, text: str) -> None:
        with plainly():
            done = load(plan, None if by is None else actor_named(by).name, text)
        what = "loaded" if done.created else "loaded anew" if done.changed else "unchanged"
        self.stdout.write(f"{WELL} {done.slug}: {what}")
        self._people(done)

    def _people(self, done: Loaded) -> None:
        for role, name in done.unknown:
            self.stdout.write(
                f'{MIND} {role}: there is no active user "{name}". Make one with `manage.py people '
                f"add {name}`, then load this again."
            )
        for role, name in done.kept:
            self.stdout.write(
                f"{MIND} {role}: {name} keeps it, because a run is live. There it is handed over "
                "in the room; once the run is over, load this again."
            )
        for role, name in done.beyond:
            self.stdout.write(
                f"{MIND} {role}: {name} holds it, but not by this runbook. To take it away: "
                f"`manage.py people revoke {done.slug} {name} {role}`."
            )
