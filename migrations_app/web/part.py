"""What one person may do in a room besides deciding: hand over, be at steps, ask others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import TABLE, Verb

if TYPE_CHECKING:
    from migrations_app.domain.seats import Seats
    from migrations_app.reads.room import Room
    from migrations_app.reads.room.offers import OfferView
    from migrations_app.reads.room.people import OwedView, PersonView
    from migrations_app.reads.room.steps import StepView


@dataclass(frozen=True, slots=True)
class Gift:
    """A role to give away, and who could have it: who backs it up comes first."""

    role: Role
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody to ask for something. Until `owed.again_at` they were asked already."""

    person: PersonView
    owed: OwedView


@dataclass(frozen=True, slots=True)
class Part:
    """Offered, not enforced: every verb asks again at the click."""

    room: Room
    name: str
    held: Seats

    def _may(self, verb: Verb) -> bool:
        return self.held.may(verb) and (self.room.head.state, verb) in TABLE

    @property
    def to_answer(self) -> tuple[OfferView, ...]:
        """Roles offered to this person."""
        return tuple(one for one in self.room.offers if one.taker == self.name)

    @property
    def offered(self) -> tuple[OfferView, ...]:
        """Roles this person offers to somebody."""
        return tuple(one for one in self.room.offers if one.giver == self.name)

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """Roles this person may offer now."""
        pending = {one.role for one in self.offered} | {Role.OBSERVER}
        roles = [role for role in Role if role in self.held.holds and role not in pending]
        gifts = (Gift(role, self._receivers(role)) for role in roles)
        return tuple(gift for gift in gifts if gift.receivers)

    def _receivers(self, role: Role) -> tuple[str, ...]:
        others = [one for one in self.room.people if one.name != self.name]
        holding = {one.name for one in others if one.role is role and not one.backup}
        backing = [one.name for one in others if one.role is role and one.backup]
        names = dict.fromkeys([*backing, *(one.name for one in others)])
        return tuple(name for name in names if name not in holding)

    @property
    def may_take_over(self) -> bool:
        """Whether they back up the DRI, and could lead without being asked to."""
        return Role.DRI in self.held.backs_up and self._may(Verb.HAND_OVER)

    @property
    def dri(self) -> PersonView | None:
        """Who leads now."""
        leading = (one for one in self.room.people if one.role is Role.DRI and not one.backup)
        return next(leading, None)

    @property
    def my_steps(self) -> tuple[StepView, ...]:
        """Steps they are at, and those of their roles."""
        return tuple(step for step in self._open_steps if self._is_mine(step))

    @property
    def other_steps(self) -> tuple[StepView, ...]:
        """Steps of other roles, which they may take all the same."""
        return tuple(step for step in self._open_steps if not self._is_mine(step))

    def _is_mine(self, step: StepView) -> bool:
        return step.taken_by == self.name or step.owner in self.held.every

    @property
    def _open_steps(self) -> tuple[StepView, ...]:
        if not self._may(Verb.TAKE_STEP):
            return ()
        return tuple(step for step in self.room.steps if step.by_hand and not step.done_by)

    @property
    def may_tick(self) -> bool:
        """Whether steps can be completed in this state."""
        return self._may(Verb.COMPLETE_STEP)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Whom the room waits for, and for what: everybody but this person."""
        if not self._may(Verb.NUDGE):
            return ()
        found = {
            (person.name, owed.about): Ask(person, owed)
            for person in self.room.people
            for owed in person.owes
            if person.name != self.name
        }
        return tuple(found.values())


def marks(shown: Room) -> list[object]:
    """Changes whenever what anybody may do here has changed, and not with every measurement."""
    people = [
        [one.name, one.role.value, one.backup, [[w.about, w.again_at is None] for w in one.owes]]
        for one in shown.people
    ]
    steps = [[step.name, step.taken_by, len(step.notes)] for step in shown.steps]
    return [people, [one.id for one in shown.offers], steps]
