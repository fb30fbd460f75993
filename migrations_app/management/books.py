"""Runbooks and exports as files, and plans as they are stored."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError
from pydantic import ValidationError

from migrations_app.domain.export import Document
from migrations_app.domain.plan.problem import RunbookError
from migrations_app.domain.plan.runbook import load
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.plan.yaml_read import LONGEST
from migrations_app.models import Migration


def read(file: Path) -> str:
    """The text of a runbook; of one that is too long, enough to see that."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LONGEST + 1)
        return content.decode(errors="replace" if len(content) > LONGEST else "strict")
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text.") from error


def stored(slug: str) -> Plan:
    """The plan of a migration as it was loaded last."""
    found = Migration.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Migration.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f'There is no migration "{slug}". Known: {known}.')
    return Plan.model_validate(found.plan)


def planned(text: str) -> Plan:
    """The plan in a runbook's file, or the one that is stored under a migration's slug."""
    file = Path(text)
    if not (file.suffix in {".yaml", ".yml"} or file.is_file()):
        return stored(text)
    try:
        return load(read(file))
    except RunbookError as error:
        raise CommandError(f"{file} can't be read as a runbook:\n{error}") from error


def exported(file: Path) -> Document:
    """An exported timeline."""
    try:
        return Document.model_validate_json(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CommandError(f"{file} is no export: {where}: {first['msg']}.") from error
