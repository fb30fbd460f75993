"""The store finds what it was given, and forgets what it must."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.promql.chunk import STALE
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.store import Store, TooManySeries
from tests.practice.promql.build import EVERYTHING, FOREVER, NOW, labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.practice.promql.labels import Labels

SERIES = [labels("a"), labels("a", x="1"), labels("b")]
SCRAPES = st.lists(
    st.tuples(
        st.integers(1, 5_000),
        st.dictionaries(st.sampled_from(SERIES), st.floats(allow_nan=False)),
    ),
    max_size=400,
)


def kept(store: Store, start: int = 0, end: int = FOREVER) -> dict[Labels, list[int]]:
    found = store.select(EVERYTHING, start, end)
    return {samples.labels: list(samples.times) for samples in found}


def fill(store: Store, count: int, names: Iterable[str] = ("a",), step: int = 1_000) -> None:
    for index in range(count):
        time = NOW + index * step
        store.write(time, {labels(name): float(index) for name in names})


@given(scrapes=SCRAPES, bounds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_finds_what_was_written_between_two_moments(
    scrapes: list[tuple[int, dict[Labels, float]]], bounds: tuple[int, int]
) -> None:
    store, time = Store(), 0
    wanted: dict[Labels, list[tuple[int, float]]] = {}
    start, end = sorted(bounds)
    for step, values in scrapes:
        time += step
        store.write(time, values)
        for key, value in values.items():
            if start <= time <= end:
                wanted.setdefault(key, []).append((time, value))
    found = store.select(EVERYTHING, start, end)
    assert {one.labels: list(zip(one.times, one.values, strict=True)) for one in found} == wanted


def test_a_sample_that_is_not_newer_is_dropped() -> None:
    store = Store()
    for time, value in ((10, 1.0), (10, 2.0), (5, 3.0), (11, 4.0)):
        store.write(time, {labels("a"): value})
    (found,) = store.select(EVERYTHING, 0, FOREVER)
    assert list(found.values) == [1, 4]


def test_forgets_what_is_older_than_the_retention() -> None:
    store = Store(retention=600_000)
    fill(store, 2_000)
    (times,) = kept(store).values()
    assert NOW + 1_999_000 - times[0] < 600_000 + 121_000  # a whole chunk goes at once
    assert NOW + 1_999_000 - times[0] >= 600_000
    assert times[-1] == NOW + 1_999_000


def test_forgets_a_series_that_ended_long_ago() -> None:
    store = Store(retention=600_000)
    fill(store, 300, ["a", "b"])
    fill(store, 1_500, ["a"])
    assert store.labels([EVERYTHING], 0, FOREVER) == [labels("a")]


def test_forgets_the_oldest_when_memory_is_short() -> None:
    store = Store(most_bytes=5_000)
    fill(store, 3_000, ["a", "b"])
    spans = [(times[0], times[-1]) for times in kept(store).values()]
    assert [last for _, last in spans] == [NOW + 2_999_000] * 2
    assert all(first > NOW + 1_000_000 for first, _ in spans)


def test_a_scrape_too_many_is_not_written_at_all() -> None:
    store = Store(most_series=2)
    fill(store, 2, ["a", "b"])
    with pytest.raises(TooManySeries, match="1 new series, and room for 0"):
        store.write(NOW + 9_000, {labels("a"): 9.0, labels("c"): 9.0})
    assert all(times[-1] == NOW + 1_000 for times in kept(store).values())
    store.write(NOW + 9_000, {labels("a"): 9.0, labels("b"): 9.0})


def test_room_is_found_again_when_series_are_forgotten() -> None:
    store = Store(most_series=2, retention=60_000)
    fill(store, 2, ["a", "b"])
    store.write(NOW + 600_000, {labels("a"): 1.0})
    store.write(NOW + 600_001, {labels("c"): 1.0})
    assert store.labels([EVERYTHING], 0, FOREVER) == [labels("a"), labels("c")]


def test_a_name_is_found_without_looking_at_others() -> None:
    store = Store()
    fill(store, 1, ["a", "b"])
    engine = Engine(store)
    assert engine.instant("b", NOW) == {labels("b"): 0.0}
    assert engine.instant('{__name__=~"a|b",__name__!="a"}', NOW) == {labels("b"): 0.0}


def test_a_mark_ends_a_series_until_its_next_sample() -> None:
    store = Store()
    for time, value in ((0, 1.0), (1_000, STALE), (2_000, 2.0)):
        store.write(NOW + time, {labels("a"): value})
    engine = Engine(store)
    values = [engine.instant("a", NOW + after) for after in (999, 1_000, 1_999, 2_000)]
    assert values == [{labels("a"): 1.0}, {}, {}, {labels("a"): 2.0}]
    assert engine.instant("count_over_time(a[1m])", NOW + 2_000) == {(): 2.0}


def test_writers_and_readers_do_not_disturb_each_other() -> None:
    store, done = Store(), threading.Event()
    seen: list[bool] = []

    def look() -> None:
        while not done.is_set():
            found = store.select(EVERYTHING, 0, FOREVER)
            seen.append(len({len(one.times) for one in found}) <= 1)  # both series, or neither

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    fill(store, 2_000, ["a", "b"])
    done.set()
    for reader in readers:
        reader.join()
    assert all(seen)
