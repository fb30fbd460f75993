"""Evidence as JSON, and back: what was written down is enough to judge it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.timeline import plain
from migrations_app.domain.verdict.evidence import Evidence

if TYPE_CHECKING:
    from migrations_app.domain.timeline import Json

Stored = Mapping[str, object]

_PARTS: Final = ("value", "short", "blue", "baseline", "samples")
_NEVER: Final = Reading("", "", Outcome.ERROR, detail="it was never read")


def evidence_json(evidence: Evidence) -> dict[str, Json]:
    """Every reading by its part, and `elapsed_s`. The moment is not in it: it is the row's own."""
    found = {name: getattr(evidence, name) for name in _PARTS}
    parts = {name: reading_json(one) for name, one in found.items() if one is not None}
    elapsed = None if evidence.elapsed is None else evidence.elapsed.total_seconds()
    return {**parts, "elapsed_s": elapsed}


def reading_json(one: Reading) -> Json:
    """One reading."""
    return plain(
        {
            "key": one.key,
            "query": one.query,
            "outcome": one.outcome.value,
            "value": one.value,
            "sampled_at": one.sampled_at,
            "detail": one.detail,
        }
    )


def evidence_from(stored: Stored, at: datetime) -> Evidence:
    """What `evidence_json` wrote, as of `at`. Nothing at all is a check that was never read.

    `ValueError` or `KeyError` for what it never wrote.
    """
    parts = {name: reading_from(cast("Stored | None", stored.get(name))) for name in _PARTS}
    elapsed = stored.get("elapsed_s")
    return Evidence(
        at=at,
        value=parts["value"] or _NEVER,
        short=parts["short"],
        blue=parts["blue"],
        baseline=parts["baseline"],
        samples=parts["samples"],
        elapsed=None if elapsed is None else timedelta(seconds=float(str(elapsed))),
    )


def reading_from(stored: Stored | None) -> Reading | None:
    """What `reading_json` wrote; None for none."""
    if stored is None:
        return None
    value, sampled = stored["value"], stored["sampled_at"]
    return Reading(
        key=str(stored["key"]),
        query=str(stored["query"]),
        outcome=Outcome(str(stored["outcome"])),
        value=None if value is None else float(str(value)),
        sampled_at=None if sampled is None else datetime.fromisoformat(str(sampled)),
        detail=str(stored.get("detail", "")),
    )
