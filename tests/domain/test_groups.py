"""Every kind of entry can be found by at least one group."""

from __future__ import annotations

from migrations_app.domain.groups import KINDS, Group
from migrations_app.domain.timeline import Kind


def test_no_kind_is_left_out_and_none_is_twice_in_a_group() -> None:
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(Kind)
    assert all(len(kinds) == len(set(kinds)) for kinds in KINDS.values())


def test_pinned_is_the_only_group_that_is_no_matter_of_kind() -> None:
    assert set(Group) - set(KINDS) == {Group.PINNED}
