"""Play a run's readings once more, and hold every verdict against what was written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.replay.check import CheckAgain
from migrations_app.domain.replay.result import Disagreement, Replayed
from migrations_app.domain.replay.unanswered import Unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.replay.sample import Sample
    from migrations_app.domain.replay.told import Told
    from migrations_app.domain.verdict.memory import Memory


class Replay:
    """`play` every reading in the order in which they were judged, then `finish`."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._checks: dict[str, CheckAgain] = {}
        self._unanswered = Unanswered(told)

    def play(self, sample: Sample) -> None:
        """One more reading."""
        judged = self._check(sample.check).play(sample)
        bound = self._told.plan(sample.at)
        if judged is not None and bound is not None:
            self._unanswered.look(sample, bound, *judged)

    def finish(self, memories: Mapping[str, Memory] | None = None) -> Replayed:
        """Nothing follows. `memories`: what the checks' rows remember, where there are rows."""
        for name in self._told.said:
            self._check(name)
        for name, memory in (memories or {}).items():
            self._check(name).remembers(memory)
        checks = tuple(one.finish() for one in self._checks.values())
        found = sum(one.compared for one in self._checks.values())
        return Replayed(checks, found, (*self._unmatched(), *self._unanswered.found))

    def _check(self, name: str) -> CheckAgain:
        if name not in self._checks:
            self._checks[name] = CheckAgain(name, self._told)
        return self._checks[name]

    def _unmatched(self) -> list[Disagreement]:
        """Frozen into a decision, but read by nobody."""
        left = [one for check in self._checks.values() for one in check.unmatched]
        strangers = [one for one in self._told.frozen if one.check not in self._checks]
        return [
            Disagreement(
                one.at,
                one.check,
                f"what entry {one.seq} froze of it is among none of its readings",
            )
            for one in (*left, *strangers)
        ]
