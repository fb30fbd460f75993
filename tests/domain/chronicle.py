"""Writes a run's timeline as the verbs do, and keeps its own, naive account of what must follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.domain.states import TABLE, State, Verb
from migrations_app.domain.timeline import Entry, Kind, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGIN = datetime(2026, 11, 21, 2, tzinfo=UTC)
PHASES = 4
KINDS = {
    Verb.START: Kind.STARTED,
    Verb.CALL_OFF: Kind.CALLED_OFF,
    Verb.COMPLETE_STEP: Kind.STEP_COMPLETED,
    Verb.SIGN_OFF: Kind.SIGNED_OFF,
    Verb.GO: Kind.GO,
    Verb.NO_GO: Kind.NO_GO,
    Verb.RESUME: Kind.RESUMED,
    Verb.ROLL_BACK: Kind.ROLLBACK,
    Verb.COMPLETE: Kind.COMPLETED,
    Verb.AMEND: Kind.AMENDED,
    Verb.NOTE: Kind.NOTE,
    Verb.PIN: Kind.PINNED,
    Verb.TAKE_STEP: Kind.STEP_TAKEN,
    Verb.NUDGE: Kind.NUDGED,
    Verb.HAND_OVER: Kind.HANDED_OVER,
    Verb.DRAFT: Kind.UPDATE_DRAFTED,
    Verb.APPROVE: Kind.UPDATE_APPROVED,
    Verb.PUBLISH: Kind.UPDATE_PUBLISHED,
    Verb.SETTLE: Kind.SETTLED,
    Verb.SHIFT_FAIL: Kind.SHIFT_FAILED,
    Verb.OPEN_GATE: Kind.GATE_OPENED,
    Verb.EXPIRE: Kind.GATE_EXPIRED,
    Verb.ADVANCE: Kind.ADVANCED,
    Verb.AUTO_COMPLETE: Kind.COMPLETED,
    Verb.HOLD: Kind.HELD,
    Verb.FREEZE: Kind.FROZEN,
    Verb.RESTORE: Kind.RESTORED,
}
SILENT = {
    Verb.NOTE, Verb.PIN, Verb.TAKE_STEP, Verb.NUDGE, Verb.HAND_OVER, Verb.DRAFT, Verb.APPROVE,
    Verb.PUBLISH,
}  # fmt: skip
ADDS_ONLY = SILENT | {Verb.SIGN_OFF, Verb.COMPLETE_STEP}
STOPS = {Verb.NO_GO, Verb.HOLD, Verb.FREEZE, Verb.SHIFT_FAIL}


@dataclass
class Chronicle:
    """One run being told. `say` writes what a verb writes; `confirm` what a read-back writes."""

    entries: list[Entry] = field(default_factory=list)
    run: dict[str, Any] = field(
        default_factory=lambda: {
            "state": "planned", "leg": 1, "phase": -1, "revision": 0, "why": "",
            "settled_at": None, "hold_from": None,
        }
    )  # fmt: skip
    told: dict[str, Any] = field(default_factory=dict)
    desired: dict[str, Decimal] = field(default_factory=dict)
    confirmed: dict[str, Decimal] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    signed: int = 0
    steps: int = 0
    plan_sha256: str = "frozen"

    def __post_init__(self) -> None:
        self.told = dict(self.run)
        self.write(Kind.PLANNED, plan_sha256="as planned")

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=len(self.entries))

    def write(self, kind: Kind, verb: Verb | None = None, **payload: object) -> Entry:
        delta = {name: value for name, value in self.run.items() if value != self.told[name]}
        self.told = dict(self.run)
        entry = Entry(
            run=1, seq=len(self.entries) + 1, at=self.now, kind=kind, verb=verb or "", actor="ana",
            leg=self.run["leg"], phase=self.run["phase"], revision=self.run["revision"],
            sentence="", payload=plain({**payload, "delta": delta}), prev_hash="",
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def can(self, verb: Verb) -> bool:
        last = self.run["phase"] == PHASES - 1
        forward = verb in {Verb.GO, Verb.ADVANCE}
        return (State(self.run["state"]), verb) in TABLE and not (forward and last)

    def say(self, verb: Verb, weight: int = 0) -> None:
        before = self.run["state"]
        self.run["state"] = TABLE[State(before), verb].to.value
        if verb not in ADDS_ONLY:
            self.run["revision"] += 1
            self.run["why"] = f"{verb} it was"
        self.write(KINDS[verb], verb, **self._payload(verb, before, weight))
        if verb in {Verb.START, Verb.GO, Verb.ADVANCE, Verb.RESUME}:
            self._enter(verb, weight)

    def _payload(self, verb: Verb, before: str, weight: int) -> Mapping[str, object]:
        match verb:
            case Verb.START:
                self.desired = {"web": Decimal(0), "db": Decimal(0)}
                return {"weights": self.desired, "plan_sha256": self.plan_sha256}
            case Verb.ROLL_BACK:
                self.run["hold_from"] = None
                self._close("rolled_back")
                self.desired = {"web": Decimal(0), "db": Decimal(0)}
                return {"weights": self.desired}
            case Verb.SETTLE:
                self.run["settled_at"] = self.run["hold_from"] = self.now
            case Verb.RESUME if before == State.ROLLED_BACK:
                self.run["leg"] += 1
            case Verb.OPEN_GATE:
                return {"deadline_at": None if weight % 2 else self.now}
            case _:
                return self._added(verb, weight)
        return {}

    def _added(self, verb: Verb, weight: int) -> Mapping[str, object]:
        match verb:
            case Verb.SIGN_OFF:
                self.signed += 1
                return {"user_id": 7, "role": "dri"}
            case Verb.COMPLETE_STEP:
                self.steps += 1
                return {"step": f"step-{weight}"}
            case Verb.AMEND:
                return {"plan_sha256": f"amended {weight}"}
            case _:
                return self._ending(verb, weight)

    def _ending(self, verb: Verb, weight: int) -> Mapping[str, object]:
        outcome = {
            Verb.GO: "go", Verb.COMPLETE: "go", Verb.ADVANCE: "auto", Verb.AUTO_COMPLETE: "auto",
            Verb.NO_GO: "no_go", Verb.EXPIRE: "expired", Verb.HOLD: "held",
            Verb.FREEZE: "frozen", Verb.SHIFT_FAIL: "shift_failed",
        }.get(verb)  # fmt: skip
        if outcome is not None:
            self._close(outcome)
        if verb not in STOPS:
            return {}
        self.desired["web"] = Decimal(weight)
        return {"weights": {"web": Decimal(weight)}}

    def _enter(self, verb: Verb, weight: int) -> None:
        ahead = verb in {Verb.GO, Verb.ADVANCE}
        self.run["phase"] = 0 if verb is Verb.START else self.run["phase"] + ahead
        if ahead:
            self.run["hold_from"] = None
        self.desired["db"] = Decimal(weight)
        self._close("superseded")
        self.outcomes.append("")
        number = len(self.outcomes)
        self.write(Kind.PHASE_ENTERED, gate_round=number, weights={"db": Decimal(weight)})

    def _close(self, outcome: str) -> None:
        if self.outcomes and not self.outcomes[-1]:
            self.outcomes[-1] = outcome

    def confirm(self, route: str, weight: Decimal) -> None:
        self.confirmed[route] = weight
        self.write(Kind.WEIGHT_CONFIRMED, route=route, weight=weight)
