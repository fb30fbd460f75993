"""`manage.py evidence`: a tool's result file as evidence for a check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from migrations_app.actions import evidence_file
from migrations_app.actions.steps import push_evidence
from migrations_app.domain.actor import Click
from migrations_app.domain.evidence import TOOLS
from migrations_app.management.moments import length
from migrations_app.management.runs import run_named
from migrations_app.management.say import WELL, actor_named, plainly

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Takes the number that a check asks for from a tool's result file."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="its number, or its migration's slug")
        parser.add_argument("check", help="a check whose source is of kind pushed")
        parser.add_argument("--tool", required=True, choices=tuple(TOOLS))
        parser.add_argument("--file", required=True, help="what it wrote; - is standard input")
        parser.add_argument("--expires", default="1h", help="how long it counts")
        parser.add_argument("--by", required=True, metavar="USER")

    def handle(self, *args: Any, **options: Any) -> None:
        run, actor = run_named(options["run"]), actor_named(options["by"])
        lasts, body = length(options["expires"]), _body(options["file"])
        file = evidence_file.File(options["check"], options["tool"], body, lasts)
        with plainly():
            evidence = evidence_file.read(run.pk, file)
            done = push_evidence(run.pk, actor, Click(), evidence)
        self.stdout.write(f"{WELL} {done.sentence}: {evidence.value:g}")


def _body(name: str) -> bytes:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}") from error
    if len(body) > evidence_file.LONGEST:
        raise CommandError(f"{name} is longer than {evidence_file.LONGEST // 1024 // 1024} MiB.")
    return body
