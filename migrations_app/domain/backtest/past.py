"""From the histories of a check's queries to evidence, as if it had been read live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.verdict.evidence import (
    asks_elapsed,
    baseline_question,
    gather,
    questions,
)
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.reading import Point, Query
    from migrations_app.domain.verdict.evidence import Evidence, QueryTexts
    from migrations_app.domain.verdict.rule import Rule

_NO_TIME: Final = timedelta(0)


def cannot(rule: Rule, texts: QueryTexts) -> str:
    """Why history can't tell what this check would have said; empty if it can."""
    if rule.budget is not None or asks_elapsed(texts):
        return (
            "it asks about the time since the start of a run: that is another question at every "
            "reading, and history answers one"
        )
    return ""


@dataclass(frozen=True, slots=True)
class Past:
    """One check and what is to be asked for it. Its `rule` is by the step it is played at."""

    rule: Rule
    texts: QueryTexts

    @property
    def asked(self) -> tuple[Query, ...]:
        """Every query whose history is needed."""
        asked = questions(self.rule, self.texts, _NO_TIME)
        captured = self.rule.versus is BaselineKind.CAPTURED
        return (*asked, baseline_question(self.rule, self.texts, _NO_TIME)) if captured else asked

    def evidence(
        self, times: Sequence[datetime], found: Mapping[str, Sequence[Point]]
    ) -> Iterator[Evidence]:
        """One evidence per moment. `found`: the points of each query's key, at those moments.

        A captured baseline is the first one there is, as in a run that starts with the range.
        """
        rows = {key: [_reading(key, point) for point in points] for key, points in found.items()}
        captured: Reading | None = None
        for index, at in enumerate(times):
            now = [points[index] for points in rows.values()]
            captured = captured or self._baseline(now)
            yield gather(self.rule, now, at, captured)

    def _baseline(self, now: Sequence[Reading]) -> Reading | None:
        if self.rule.versus is not BaselineKind.CAPTURED:
            return None
        key = f"{self.rule.name}:baseline"
        return next((one for one in now if one.key == key and one.value), None)


def _reading(key: str, point: Point) -> Reading:
    """How old a value of the past was then, its source does not tell."""
    if point.value is None:
        return Reading(key, "", Outcome.EMPTY, detail="no finite value at that moment")
    return Reading(key, "", Outcome.OK, point.value, point.at)
