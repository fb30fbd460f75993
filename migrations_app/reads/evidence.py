"""Evidence as it was written down, turned back into what it was judged on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.verdict.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.models import Check


def evidence_of(row: Check) -> Evidence:
    """The evidence of a check's last verdict."""
    parts = row.evidence
    return Evidence(
        at=row.evaluated_at or row.changed_at,
        value=reading_of(parts.get("value")) or Reading(row.name, "", Outcome.ERROR),
        short=reading_of(parts.get("short")),
        blue=reading_of(parts.get("blue")),
        baseline=reading_of(parts.get("baseline")),
        samples=reading_of(parts.get("samples")),
    )


def reading_of(stored: Mapping[str, object] | None) -> Reading | None:
    """One reading; None for none."""
    if stored is None:
        return None
    empty = Reading(str(stored["key"]), str(stored["query"]), Outcome(str(stored["outcome"])))
    sampled, value = stored["sampled_at"], stored["value"]
    return replace(
        empty,
        value=None if value is None else float(str(value)),
        sampled_at=None if sampled is None else datetime.fromisoformat(str(sampled)),
    )
