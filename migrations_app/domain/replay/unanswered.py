"""Abort criteria that failed, by the judge as it is now, without anybody going back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.replay.result import Disagreement
from migrations_app.domain.states import WATCHED
from migrations_app.domain.verdict.judge import blue_is_worse
from migrations_app.domain.verdict.outcome import Status

if TYPE_CHECKING:
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.replay.sample import Sample
    from migrations_app.domain.replay.told import Told
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.outcome import Verdict

_TOO_MANY: Final = 3
"""Whoever recorded a FAIL may die before acting; whoever reads next acts for them."""


class Unanswered:
    """Counts FAILs of a criterion in a row while the run was watched and nobody had gone back."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._row: dict[str, int] = {}
        self.found: list[Disagreement] = []

    def look(self, sample: Sample, bound: BoundPlan, evidence: Evidence, verdict: Verdict) -> None:
        """One more verdict."""
        demands = verdict.status is Status.FAIL and self._acts(sample, bound)
        if not demands or _no_better(bound, sample.check, evidence):
            self._row.pop(sample.check, None)
            return
        count = self._row[sample.check] = self._row.get(sample.check, 0) + 1
        if count == _TOO_MANY:
            sentence = f"it failed {count} times in a row and nobody went back: {verdict.sentence}"
            self.found.append(Disagreement(sample.at, sample.check, sentence))

    def _acts(self, sample: Sample, bound: BoundPlan) -> bool:
        """Whether a FAIL rolls back, or freezes, by the plan and where the run was."""
        stand, latched = self._told.stand(sample.at), self._told.latched.get(sample.leg)
        if stand is None or stand.state not in WATCHED or stand.phase < 0:
            return False
        if (latched is not None and latched <= sample.at) or bound.check(sample.check).observe:
            return False
        names = [phase.name for phase in bound.plan.phases]
        mine = [one for one in bound.plan.abort if one.check == sample.check]
        return any(one.counts(names, stand.phase) for one in mine)


def _no_better(bound: BoundPlan, check: str, evidence: Evidence) -> bool:
    return blue_is_worse(rule_of(bound.check(check), bound.plan, bound), evidence)
