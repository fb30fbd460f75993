"""The gate as the room shows it: sign-offs, what Go waits for, when it closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.reads.gate import gate_view

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.gatekeeper import Need
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.people import Role
    from migrations_app.models import Run
    from migrations_app.reads.gate import GateView


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's sign-off."""

    role: Role
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SlotView:
    """A role the gate asks for: how many, and who signed."""

    role: Role
    wanted: int
    signed: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class GateBox:
    """The current phase's gate. `opened_at` is None while the hold still runs."""

    round: int
    opened_at: datetime | None
    deadline_at: datetime | None
    auto_advance: bool
    four_eyes: bool
    needed: int
    slots: tuple[SlotView, ...]
    signatures: tuple[Signature, ...]
    missing: tuple[Role, ...]
    needs: tuple[Need, ...]

    @property
    def second(self) -> bool:
        """Whether only a second pair of eyes is missing: anybody's but the decider's."""
        return not self.missing and any(need.code == "four_eyes" for need in self.needs)

    @property
    def unsigned(self) -> tuple[Role, ...]:
        """Roles whose sign-off would help."""
        if self.second:
            return tuple(slot.role for slot in self.slots)
        if not self.auto_advance:
            return self.missing
        return tuple(slot.role for slot in self.slots if len(slot.signed) < slot.wanted)


def gate_box(run: Run, bound: BoundPlan, now: datetime) -> GateBox | None:
    """None where there is no gate: before the start, while held, after the end."""
    view = gate_view(run, now)
    if view is None:
        return None
    spec = bound.plan.phases[run.phase].gate
    signatures = tuple(Signature(role, by, at) for role, by, at in view.signed)
    return box_of(view, spec, signatures)


def box_of(view: GateView, spec: Gate, signatures: tuple[Signature, ...]) -> GateBox:
    """The box of a gate that was read already."""
    return GateBox(
        round=view.round,
        opened_at=view.opened_at,
        deadline_at=view.deadline_at,
        auto_advance=spec.auto_advance,
        four_eyes=spec.four_eyes,
        needed=spec.needed,
        slots=tuple(_slot(role, wanted, signatures) for role, wanted in spec.roles.items()),
        signatures=signatures,
        missing=view.missing,
        needs=view.needs,
    )


def _slot(role: Role, wanted: int, signatures: tuple[Signature, ...]) -> SlotView:
    return SlotView(role, wanted, tuple(one for one in signatures if one.role == role))
