"""Schema migrations: Flyway's `info` as JSON, Liquibase's `status` as text.

Source: Redgate, "Flyway CLI output"; Liquibase, "status". Both are about a database as it stands.
"""

from __future__ import annotations

import re
from typing import Final

from migrations_app.domain.evidence.reading import File, parsed, text_of
from migrations_app.domain.evidence.report import Report, Unreadable, count

_PENDING: Final = frozenset({"Pending", "Above Target", "Available", "Outdated"})
_BEHIND: Final = re.compile(r"^(\d+) change ?sets? (?:has|have) not been applied\b", re.MULTILINE)
_UP_TO_DATE: Final = re.compile(r"^\S.* is up to date\s*$", re.MULTILINE)


class _Migration(File):
    state: str


class _Info(File):
    operation: str = ""
    migrations: tuple[_Migration, ...] | None = None
    error: File | None = None


def flyway(body: bytes) -> Report:
    """`pending`, `failed`, `missing` and `applied` of `flyway info -outputType=json`."""
    info = parsed(_Info, body, "the JSON of flyway info")
    if info.error is not None:
        raise Unreadable("Flyway ended with an error instead of telling how things stand.")
    if info.migrations is None or info.operation not in {"", "info"}:
        raise Unreadable("This is not the JSON of flyway info: run `flyway info -outputType=json`.")
    states = [one.state for one in info.migrations]
    return Report({
        "pending": count(sum(one in _PENDING for one in states)),
        "failed": count(sum(one.startswith("Failed") for one in states)),
        "missing": count(sum(one.startswith(("Missing", "Future")) for one in states)),
        "applied": count(sum(one.startswith("Success") for one in states)),
    })  # fmt: skip


def liquibase(body: bytes) -> Report:
    """`pending` of `liquibase status`."""
    text = text_of(body)
    behind = [int(found[1]) for found in _BEHIND.finditer(text)]
    if len(behind) + len(_UP_TO_DATE.findall(text)) != 1:
        raise Unreadable("This is not what one `liquibase status` says.")
    return Report({"pending": count(behind[0] if behind else 0)})
