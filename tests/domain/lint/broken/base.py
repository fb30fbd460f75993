"""What a broken plan is, and how it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from migrations_app.domain.plan.problem import Severity
from tests.domain.lint.plans import SEAMS

if TYPE_CHECKING:
    from migrations_app.domain.lint.seams import Seams

E, W = Severity.ERROR, Severity.WARNING
STEP = {"name": "x", "expected": "1m"}


class Broken(NamedTuple):
    """GOOD with `edits` breaks the rule `code` at `path`; `words` are in the sentence."""

    code: str
    edits: dict[str, Any]
    path: str
    words: str
    severity: Severity = E
    seams: Seams = SEAMS
    people: frozenset[str] | None = None


def check(**given: Any) -> dict[str, Any]:
    """One more check, third in the list."""
    whole = {"name": "c", "source": "metrics", "query": "q", "unit": "s", "observe": True}
    return {"checks.2": whole | given}
