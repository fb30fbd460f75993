"""The evidence of a check's last verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.verdict.stored import evidence_from

if TYPE_CHECKING:
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.models import Check


def evidence_of(row: Check) -> Evidence:
    """What the last verdict on this check was judged on."""
    return evidence_from(row.evidence, row.evaluated_at or row.changed_at)
