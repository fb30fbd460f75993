"""Narrowing finds every row that differs and no other, however they lie."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.parity.progress import Key, Totals
from migrations_app.sources.parity import narrow as narrowing
from migrations_app.sources.parity.narrow import Both, narrow
from migrations_app.sources.parity.side import Span, Sum
from migrations_app.sources.parity.visit import pause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass
class Memory:
    """A side that is a dictionary. `fetched`: rows whose digests were asked for one by one."""

    rows: Mapping[int, str]
    fetched: int = 0

    def _within(self, span: Span) -> dict[int, str]:
        low = -1 if span.after is None else int(span.after[0])
        high = 10**9 if span.upto is None else int(span.upto[0])
        return {key: self.rows[key] for key in sorted(self.rows) if low < key <= high}

    def edge(self, span: Span, count: int) -> Key | None:
        keys = list(self._within(span))
        return (str(keys[count - 1]),) if len(keys) >= count else None

    def sum(self, span: Span) -> Sum:
        rows = self._within(span)
        total = sum(int(_hash(f"{key}:{value}"), 16) for key, value in rows.items())
        return Sum(Totals(len(rows)), f"{len(rows)}:{total}")

    def cuts(self, span: Span, each: int) -> list[Key]:
        return [(str(key),) for key in list(self._within(span))[each - 1 :: each]]

    def prints(self, span: Span) -> dict[Key, str]:
        rows = self._within(span)
        self.fetched += len(rows)
        return {(str(key),): value for key, value in rows.items()}


def _hash(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:15]


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


TABLES = st.dictionaries(st.integers(0, 300), st.sampled_from("abc"), max_size=120)


@given(blue=TABLES, green=TABLES, changes=TABLES, alike=st.booleans())
def test_exactly_the_rows_that_differ(
    pool: ThreadPoolExecutor,
    blue: dict[int, str],
    green: dict[int, str],
    changes: dict[int, str],
    alike: bool,
) -> None:
    green = {**blue, **changes} if alike else green
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrowing, "LEAF", 4)
        both = Both(Memory(blue), Memory(green), pool)
        found = narrow(both, Span(), *both.sums(Span()))
    wanted = {key for key in {**blue, **green} if blue.get(key) != green.get(key)}
    assert sorted(int(one[0]) for one in found) == sorted(wanted)


def test_what_is_equal_is_never_fetched(pool: ThreadPoolExecutor) -> None:
    """Of 100,000 rows in which one differs, about a leaf is looked at one by one."""
    rows = dict.fromkeys(range(100_000), "a")
    sides = Memory(rows), Memory({**rows, 77_777: "b"})
    both = Both(*sides, pool)
    assert narrow(both, Span(), *both.sums(Span())) == [("77777",)]
    assert max(side.fetched for side in sides) <= narrowing.LEAF


@given(st.lists(st.tuples(st.integers(0, 100_000), st.floats(0, 60))), st.integers(10, 10_000_000))
def test_with_its_pauses_no_more_is_read_than_allowed(
    pieces: list[tuple[int, float]], rate: int
) -> None:
    read = sum(rows for rows, _ in pieces)
    span = sum(took + pause(rows, rate, took) for rows, took in pieces)
    assert read <= rate * span * (1 + 1e-9) + 1e-6
