"""The ruler: phases beside one another, labels only where they have room."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.chart import Band, Mark, Window, ruler

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))
MINUTE = timedelta(minutes=1)


def mark(minute: float, label: str = "Go") -> Mark:
    return Mark(1, START + minute * MINUTE, label, "Go by ana", flip=False)


def test_only_what_lies_within_is_shown_and_cut_at_the_ends() -> None:
    before = Band("a", "A", START - 30 * MINUTE, START - 10 * MINUTE)
    across = Band("b", "B", START - 10 * MINUTE, START + 30 * MINUTE)
    shown = ruler(WINDOW, [before, across], [mark(-1), mark(5), mark(61)])
    assert [(one.band.name, one.x, one.width) for one in shown.strips] == [("b", 0.0, 500.0)]
    assert [one.x for one in shown.flags] == [83.3]


@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.text(min_size=1, max_size=20), st.booleans()), max_size=30
    )
)
def test_no_two_labels_overlap_and_none_leaves_the_drawing(
    marks: list[tuple[float, str, bool]],
) -> None:
    every = [
        Mark(at, START + minute * MINUTE, label, "as told", flip)
        for at, (minute, label, flip) in enumerate(sorted(marks))
    ]
    flags = ruler(WINDOW, [], every).flags
    assert {one.mark.seq for one in flags} == set(range(len(every)))
    named = sorted((one for one in flags if one.named), key=lambda one: one.x)
    for one, following in itertools.pairwise(named):
        assert following.x >= one.x + 9 * len(one.mark.label)
    assert all(one.x + 9 * len(one.mark.label) <= 1000 for one in named)


def test_a_decision_is_named_before_the_weights_it_moved() -> None:
    weight = Mark(2, START + 5 * MINUTE, "10 %", "confirmed", flip=True)
    decision = Mark(1, START + 5 * MINUTE, "Go", "Go by ana", flip=False)
    first, last = ruler(WINDOW, [], [weight, decision]).flags
    assert (first.mark.label, first.named) == ("10 %", False)
    assert (last.mark.label, last.named) == ("Go", True)
