"""What a person holds in a migration and what they stand in for; and what either lets them say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.states import DECISIONS, WHO, Verb, spoken

if TYPE_CHECKING:
    from migrations_app.domain.plan.people import Role


@dataclass(frozen=True, slots=True)
class Seats:
    """One person's roles in one migration. A role is held by them or backed up, never both."""

    holds: frozenset[Role] = frozenset()
    backs_up: frozenset[Role] = frozenset()

    @property
    def every(self) -> frozenset[Role]:
        """All of them: who has none is a stranger here."""
        return self.holds | self.backs_up

    def counting(self, verb: Verb) -> frozenset[Role]:
        """The roles with which they may say `verb`. For a decision, standing in is not enough."""
        mine = self.holds if verb in DECISIONS else self.every
        return mine & WHO.get(verb, frozenset())

    def may(self, verb: Verb) -> bool:
        """Whether one of their roles lets them say `verb`."""
        return bool(self.counting(verb))

    def why_not(self, verb: Verb) -> str | None:
        """None if they may say `verb`; else a sentence saying who may, and how they could."""
        if self.may(verb):
            return None
        wanted = WHO.get(verb, frozenset())
        if standing := ", ".join(sorted(spoken(role) for role in self.backs_up & wanted)):
            return (
                f"You back up the {standing}, and to {spoken(verb)} takes whoever holds that role. "
                "Have it handed over, or take it over; No-Go and roll back need neither."
            )
        who = ", ".join(sorted(spoken(role) for role in wanted)) or "none"
        return f"To {spoken(verb)} takes one of these roles in this migration: {who}."
