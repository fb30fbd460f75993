"""How many sign-offs a gate can get at best, when every person may give one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.domain.plan.people import Role


def most_signatures(slots: Mapping[Role, int], people: Mapping[Role, Sequence[str]]) -> int:
    """The largest number of slots that different people can fill, each with a role of theirs."""
    seats = [(role, seat) for role, count in slots.items() for seat in range(count)]
    taken: dict[str, tuple[Role, int]] = {}

    def seated(seat: tuple[Role, int], asked: set[str]) -> bool:
        """Find someone for `seat`, moving others to another seat of theirs if that helps."""
        for person in people.get(seat[0], ()):
            if person not in asked:
                asked.add(person)
                if person not in taken or seated(taken[person], asked):
                    taken[person] = seat
                    return True
        return False

    return sum(seated(seat, set()) for seat in seats)
