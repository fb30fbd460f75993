"""A run judged live, in memory: what the engine records of readings, and nothing else of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrations_app.domain.plan.bind import BoundPlan, bind
from migrations_app.domain.plan.rules import rule_of, same_check
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.replay import Replay, Replayed, Sample, told
from migrations_app.domain.timeline import Entry, Kind, plain
from migrations_app.domain.verdict import judge
from migrations_app.domain.verdict.memory import Memory, fresh
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.stored import evidence_json
from tests.build import plan_data
from tests.domain.verdict.made import T0

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.outcome import Verdict


def plan(*, abort: bool = True, **check: Any) -> BoundPlan:
    """The small plan with its one check changed; asked every 5 s, as `made.series` has it."""
    first = {**plan_data()["checks"][0], **check}
    data = plan_data(checks=[first], abort=[{"check": "errors"}] if abort else [])
    data["environments"]["rehearsal"]["sources"]["metrics"]["interval"] = "5s"
    return bind(Plan.model_validate(data), "rehearsal")


@dataclass
class Live:
    """Plays the engine: judges, remembers, and writes down what the engine would."""

    bound: BoundPlan
    leg: int = 1
    settled_at: datetime | None = None
    memory: Memory = field(default_factory=fresh)
    status: str = "NO_DATA"
    samples: list[Sample] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.write(T0, Kind.STARTED, {"delta": {"state": "shifting", "phase": 0}})

    def see(self, evidence: Evidence) -> Verdict:
        """One tick."""
        [check] = self.bound.plan.checks
        rule = rule_of(check, self.bound.plan, self.bound)
        self.memory, verdict = judge.step(rule, self.memory, evidence, self.settled_at)
        stored: Any = plain(evidence_json(evidence))
        self.samples.append(
            Sample(check.name, self.leg, evidence.at, self.settled_at, verdict.status, stored)
        )
        self._tell(evidence.at, check.name, verdict)
        return verdict

    def _tell(self, at: datetime, name: str, verdict: Verdict) -> None:
        before, self.status = self.status, verdict.status.value
        first_look = before == Status.NO_DATA and verdict.status is Status.PENDING
        if before != self.status and not first_look:
            said = {"check": name, "status": self.status, "reason": verdict.reason.value}
            self.write(at, Kind.VERDICT, {**said, "value": verdict.value})

    def decide(self, at: datetime, kind: Kind = Kind.GO) -> None:
        """Freeze what is known into a decision."""
        last = self.samples[-1]
        seen = {"check": last.check, "status": last.status, "readings": dict(last.evidence)}
        verdict = self.memory.verdict
        value = verdict.value if verdict else None
        self.write(at, kind, {"evidence": {"checks": [{**seen, "value": value}]}})

    def resume(self, at: datetime) -> None:
        """A new leg."""
        self.leg, self.memory, self.status, self.settled_at = self.leg + 1, fresh(), "NO_DATA", None
        self.write(at, Kind.RESUMED, {"delta": {"leg": self.leg}})

    def amend(self, at: datetime, new: BoundPlan, *, keep: bool = True) -> None:
        """The plan changes under way; `keep`: the entry holds the one before."""
        [check] = new.plan.checks
        if not same_check(self.bound, new, check.name):
            self.memory, self.status = fresh(), "NO_DATA"
        before: Any = self.bound.to_snapshot()
        kept = {"plan_before": before} if keep else {}
        self.write(at, Kind.AMENDED, {"from_sha256": self.bound.sha256, **kept})
        self.bound = new

    def write(self, at: datetime, kind: Kind, payload: Any) -> None:
        seq = len(self.entries) + 1
        body = plain(payload)
        self.entries.append(Entry(1, seq, at, kind, "", "engine", self.leg, 0, seq, "", body, ""))

    def replayed(self, samples: list[Sample] | None = None) -> Replayed:
        """Judged again."""
        again = Replay(told(self.bound.to_snapshot(), self.entries))
        for sample in self.samples if samples is None else samples:
            again.play(sample)
        remembered = {self.samples[-1].check: self.memory} if self.samples else {}
        return again.finish(remembered if self.memory != fresh() else None)
