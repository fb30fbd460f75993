"""One check, judged again in the order in which it was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.plan.rules import rule_of, same_check
from migrations_app.domain.verdict import judge
from migrations_app.domain.verdict.memory import Memory, fresh
from migrations_app.domain.verdict.stored import evidence_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.replay.sample import Sample
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.outcome import Verdict
    from migrations_app.domain.verdict.rule import Rule


class Player:
    """What the judge remembers of one check, begun anew when the engine begins it anew: with a new
    leg, and with every amendment that changes it.

    `plans`: those the run was executed by, in order; None for one that is lost. `known` is False
    while what is remembered can't be told, because of one that is lost.
    """

    def __init__(self, name: str, plans: Sequence[BoundPlan | None]) -> None:
        self.name = name
        self.memory: Memory = fresh()
        self.known = True
        self.anew = True
        self._plans = plans
        self._era = 0
        self._leg = 0
        self._rule = _rule(name, plans[0])

    def play(self, sample: Sample, era: int) -> tuple[Evidence, Verdict] | None:
        """The verdict on one more reading, under the plan with this index; None if not known.

        `anew` tells whether nothing was remembered before it.
        """
        while self._era < era:
            self._amend()
        if sample.leg != self._leg:
            self.memory, self._leg, self.known = fresh(), sample.leg, True
        self.known = self.known and self._rule is not None
        if self._rule is None or not self.known:
            return None
        self.anew = self.memory == fresh()
        evidence = evidence_from(sample.evidence, sample.at)
        self.memory, verdict = judge.step(self._rule, self.memory, evidence, sample.settled_at)
        return evidence, verdict

    def _amend(self) -> None:
        """The next plan counts. Whether a lost one changed the check nobody can tell."""
        before, after = self._plans[self._era : self._era + 2]
        self._era += 1
        self._rule = _rule(self.name, after)
        if before is None or after is None:
            self.known = False
        elif not same_check(before, after, self.name):
            self.memory, self.known = fresh(), True


def _rule(name: str, bound: BoundPlan | None) -> Rule | None:
    checks = {one.name: one for one in bound.plan.checks} if bound else {}
    return rule_of(checks[name], bound.plan, bound) if bound and name in checks else None
