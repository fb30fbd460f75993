"""What a timeline tells that the readings have to agree with."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from migrations_app.domain.plan.bind import BoundPlan, digest
from migrations_app.domain.states import State
from migrations_app.domain.timeline import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrations_app.domain.timeline import Json

Body = dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Said:
    """A change of verdict that is an entry."""

    seq: int
    at: datetime
    status: str
    reason: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A check as it was frozen into a decision, or as it tripped: the readings, and their verdict.

    `statuses`: what the verdict on them may have been. `value` None: it was not written down.
    """

    seq: int
    at: datetime
    leg: int
    check: str
    statuses: tuple[str, ...]
    value: float | None
    readings: Body


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the run is from `at` on."""

    at: datetime
    state: State
    phase: int


@dataclass
class Told:
    """Everything, by what it is about. `plans`: from when on each counted; None if it is lost."""

    plans: list[tuple[datetime | None, BoundPlan | None]]
    stands: list[Stand] = field(default_factory=list)
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    frozen: list[Frozen] = field(default_factory=list)
    latched: dict[int, datetime] = field(default_factory=dict)

    def era(self, at: datetime) -> int:
        """Which of the plans counted at `at`."""
        return sum(since is not None and since <= at for since, _ in self.plans)

    def plan(self, at: datetime) -> BoundPlan | None:
        """The plan that counted at `at`; None if it is lost."""
        return self.plans[self.era(at)][1]

    def stand(self, at: datetime) -> Stand | None:
        """Where the run was at `at`; None before its first entry."""
        index = bisect_right(self.stands, at, key=lambda one: one.at)
        return self.stands[index - 1] if index else None


def told(plan: Mapping[str, object], entries: Iterable[Entry]) -> Told:
    """`plan`: the snapshot that the run executes now; the entries tell of those before it."""
    newest = BoundPlan.from_snapshot(plan)
    known = Told(plans=[(None, newest)])
    for entry in entries:
        body = entry.payload if isinstance(entry.payload, dict) else {}
        _stand(known, entry, _body(body.get("delta")))
        match entry.kind:
            case Kind.VERDICT:
                known.said[str(body.get("check"))].append(_said(entry, body))
            case Kind.AMENDED:
                _amended(known, entry.at, body, newest)
            case Kind.ROLLBACK:
                latched = datetime.fromisoformat(str(body["latched_at"]))
                known.latched.setdefault(entry.leg, latched)
            case _:
                pass
        known.frozen.extend(_frozen(entry, body))
        known.frozen.extend(_tripped(entry, body))
    return known


def _stand(known: Told, entry: Entry, delta: Body) -> None:
    if "state" in delta:
        known.stands.append(Stand(entry.at, State(str(delta["state"])), entry.phase))
    elif "phase" in delta and known.stands:
        known.stands.append(Stand(entry.at, known.stands[-1].state, entry.phase))


def _amended(known: Told, at: datetime, body: Body, newest: BoundPlan) -> None:
    """What counted until now is in the entry; what counts from now on, in the next one or last."""
    since, _ = known.plans[-1]
    known.plans[-1] = (since, _before(body))
    known.plans.append((at, newest))


def _before(body: Body) -> BoundPlan | None:
    plan = _body(body.get("plan_before"))
    if not plan or digest(plan) != body.get("from_sha256"):
        return None
    try:
        return BoundPlan.from_snapshot(plan)
    except ValidationError:
        return None


def _said(entry: Entry, body: Body) -> Said:
    value = body.get("value")
    return Said(
        entry.seq, entry.at, str(body.get("status")), str(body.get("reason")), _number(value)
    )


def _frozen(entry: Entry, body: Body) -> Iterator[Frozen]:
    seen = _body(body.get("evidence")).get("checks")
    for one in seen if isinstance(seen, list) else []:
        check = _body(one)
        readings = _body(check.get("readings"))
        if readings:
            yield Frozen(
                entry.seq, entry.at, entry.leg, str(check["check"]), (str(check["status"]),),
                _number(check.get("value")), readings,
            )  # fmt: skip


def _tripped(entry: Entry, body: Body) -> Iterator[Frozen]:
    """What an abort criterion saw when it acted."""
    seen = _body(body.get("seen"))
    readings = _body(seen.get("readings"))
    if readings:
        yield Frozen(
            entry.seq, entry.at, entry.leg, str(seen["check"]), ("FAIL", "NO_DATA"), None, readings
        )


def _body(value: object) -> Body:
    return cast("Body", value) if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
