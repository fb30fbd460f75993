"""How many sign-offs a gate can get, against trying every way to hand out pens."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.lint.signatures import most_signatures
from migrations_app.domain.plan.people import Role

SLOTS = st.dictionaries(st.sampled_from(Role), st.integers(1, 2), max_size=3)
PEOPLE = st.dictionaries(
    st.sampled_from(Role), st.lists(st.sampled_from("abcd"), unique=True, max_size=3), max_size=4
)


def by_trying(slots: dict[Role, int], people: dict[Role, list[str]]) -> int:
    seats = [role for role, count in slots.items() for _ in range(count)]
    ways = product(*[[*people.get(role, []), None] for role in seats])
    filled = ([name for name in way if name is not None] for way in ways)
    return max(len(names) for names in filled if len(set(names)) == len(names))


@given(SLOTS, PEOPLE)
def test_it_is_the_most_that_any_way_gives(
    slots: dict[Role, int], people: dict[Role, list[str]]
) -> None:
    assert most_signatures(slots, people) == by_trying(slots, people)


def test_somebody_moves_over_so_that_another_can_sign() -> None:
    people = {Role.DRI: ["ann", "bob"], Role.DATABASE: ["ann"]}
    assert most_signatures({Role.DRI: 1, Role.DATABASE: 1}, people) == 2
