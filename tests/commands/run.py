"""Run a command as a person would, and keep what it said."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError


@dataclass(frozen=True)
class Said:
    """What a command wrote, and the sentence it failed with (empty if it did not)."""

    out: str
    err: str
    failed: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def manage(*words: object, **options: Any) -> Said:
    out, err, failed = StringIO(), StringIO(), ""
    try:
        call_command(*map(str, words), stdout=out, stderr=err, no_color=True, **options)
    except CommandError as error:
        failed = str(error)
    return Said(out.getvalue(), err.getvalue(), failed)
