"""What may I do now: the verbs open to one person in one room, and what the others wait for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import TABLE, WHO, State, Verb
from migrations_app.domain.timeline import digest
from migrations_app.web.part import Part, marks

if TYPE_CHECKING:
    from migrations_app.domain.gatekeeper import Need
    from migrations_app.domain.seats import Seats
    from migrations_app.reads.room import Room
    from migrations_app.reads.room.rail import PhaseView
    from migrations_app.reads.room.steps import StepView
    from migrations_app.web.guard import Seat

NOTHING_TO_BRING_BACK = frozenset({State.PLANNED, State.CALLED_OFF})


@dataclass(frozen=True)
class Mine:
    """One person's forms. Enforced again at the click; this only decides what is offered."""

    room: Room
    name: str
    held: Seats

    def may(self, verb: Verb) -> bool:
        """Whether the role allows it and the state has it."""
        return self.held.may(verb) and (self.room.head.state, verb) in TABLE

    @property
    def roles(self) -> frozenset[Role]:
        """Held or backed up."""
        return self.held.every

    @property
    def seats(self) -> tuple[Role, ...]:
        """The roles held or backed up, in the order people know them."""
        return tuple(role for role in Role if role in self.roles)

    @property
    def acts(self) -> bool:
        """Whether there is any verb for these roles; who only watches has no forms."""
        return any(self.roles & who for who in WHO.values())

    @property
    def busy(self) -> bool:
        """Whether anything of theirs is to be done, or to be waited for, now."""
        deciding = self.start or self.go or self.resume or self.call_off
        return deciding or bool(self.signable or self.steps or self.room.rail.hold_until)

    @property
    def start(self) -> bool:
        return self.may(Verb.START)

    @property
    def call_off(self) -> bool:
        return self.may(Verb.CALL_OFF)

    @property
    def no_go(self) -> bool:
        return self.may(Verb.NO_GO)

    @property
    def note(self) -> bool:
        return self.may(Verb.NOTE)

    @property
    def resume(self) -> bool:
        return self.may(Verb.RESUME)

    @property
    def roll_back(self) -> bool:
        return self.may(Verb.ROLL_BACK)

    @property
    def stopper(self) -> bool:
        """Whether the role allows rolling back, if there were anything to bring back."""
        return self.held.may(Verb.ROLL_BACK)

    @property
    def go(self) -> bool:
        """A Go, or the last gate's: to complete."""
        return self.may(Verb.COMPLETE if self.room.rail.last else Verb.GO)

    @cached_property
    def blocking(self) -> tuple[Need, ...]:
        """What Go waits for and nobody can go over."""
        return tuple(need for need in self._needs if not need.overridable)

    @cached_property
    def overridable(self) -> tuple[Need, ...]:
        """Failed checks the DRI may go over, by name and with a reason."""
        return tuple(need for need in self._needs if need.overridable)

    @property
    def _needs(self) -> tuple[Need, ...]:
        return self.room.gate.needs if self.room.gate else ()

    @property
    def typed_to_go(self) -> str:
        """The next phase's name, where entering it passes the point of no return."""
        following = self.room.rail.following
        return following.name if following and following.point_of_no_return else ""

    @property
    def typed_to_return(self) -> str:
        """The current phase's name, where the point of no return is passed already."""
        here = self.room.rail.here
        passed = here and any(
            phase.point_of_no_return and phase.number <= here.number
            for phase in self.room.rail.phases
        )
        return here.name if here and passed else ""

    @property
    def signable(self) -> tuple[Role, ...]:
        """Roles this person may sign off for now: held, and still asked for.

        A DRI who decides signs by deciding, so that only a gate that passes by itself asks them.
        """
        gate = self.room.gate
        if gate is None or not self.may(Verb.SIGN_OFF):
            return ()
        if any(one.by == self.name for one in gate.signatures):
            return ()
        if gate.second and Role.DRI in self.held.holds:
            return ()
        own = self.held.holds if gate.auto_advance else self.roles
        others = self.roles - {Role.DRI}  # for the DRI, a gate that passes by itself takes the DRI
        return tuple(r for r in self.seats if r in gate.unsigned and r in own | others)

    @property
    def steps(self) -> tuple[StepView, ...]:
        """Steps that a person has to tick."""
        if not self.may(Verb.COMPLETE_STEP):
            return ()
        return tuple(step for step in self.room.steps if step.by_hand and not step.done_by)

    @property
    def resumable(self) -> tuple[PhaseView, ...]:
        """Phases to choose from after a rollback; elsewhere a run resumes where it is."""
        if self.room.head.state is not State.ROLLED_BACK:
            return ()
        return tuple(phase for phase in self.room.rail.phases if phase.resumable)

    @cached_property
    def part(self) -> Part:
        """What is theirs besides deciding."""
        return Part(self.room, self.name, self.held)

    @property
    def key(self) -> str:
        """A fresh idempotency key, for one form drawn once."""
        return uuid4().hex


def mine(shown: Room, seat: Seat) -> Mine:
    """What the person in this seat may do."""
    return Mine(shown, seat.actor.name, seat.seats)


def key(shown: Room) -> str:
    """Changes whenever what anybody may do has changed, and not with every measurement."""
    gate = shown.gate
    needs = [[need.code, need.name] for need in gate.needs] if gate else []
    signed = [[one.role, one.by] for one in gate.signatures] if gate else []
    done = [step.name for step in shown.steps if step.done_by]
    head = shown.head
    told = [head.state.value, head.revision, head.leg, shown.latch is not None, needs, signed, done]
    return digest([*told, marks(shown)])[:16]
