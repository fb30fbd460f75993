"""The public page as one document: made from what was published, the same for the same facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.comms.words import Impact, Stage
from migrations_app.domain.status.page import Frame, Told, as_json, from_json, page

BEGIN = datetime(2026, 11, 21, 2, tzinfo=UTC)
FRAME = Frame("Orders", components=(("checkout", "Checkout"), ("api", "API")))


def at(minutes: int, headline: str = "x", **words: Any) -> Told:
    return Told(BEGIN + timedelta(minutes=minutes), headline, **words)


MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001 (the strategy adds the zone)
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
NAMES = st.sampled_from(["checkout", "api", "gone"])
TOLD = st.builds(
    Told,
    at=MOMENTS,
    headline=TEXT,
    body=TEXT,
    stage=st.sampled_from(["", *Stage]),
    impact=st.sampled_from(["", *Impact]),
    components=st.dictionaries(NAMES, st.sampled_from(Impact)),
    next_at=st.none() | MOMENTS,
)  # fmt: skip


@given(st.lists(TOLD, max_size=6))
def test_it_survives_being_written_down(told: list[Told]) -> None:
    shown = page(FRAME, told)
    again = from_json(as_json(shown))  # type: ignore[arg-type]  # an object
    assert again == shown
    assert again.etag == shown.etag


@given(st.lists(TOLD, max_size=6))
def test_the_worst_counts(told: list[Told]) -> None:
    shown = page(FRAME, told)
    assert all(row.impact.severity <= shown.impact.severity for row in shown.rows)


def test_what_was_not_mentioned_stays_as_it_was() -> None:
    shown = page(FRAME, [at(10), at(5, components={"checkout": "degraded"}), at(0)])
    assert [row.impact for row in shown.rows] == [Impact.DEGRADED, Impact.OPERATIONAL]


def test_nothing_is_promised_once_it_is_over() -> None:
    promised = BEGIN + timedelta(hours=1)
    assert page(FRAME, [at(0, stage="in_progress", next_at=promised)]).next_at == promised
    assert page(FRAME, [at(0, stage="completed", next_at=promised)]).next_at is None


def test_begin_and_end_are_what_the_updates_say() -> None:
    shown = page(
        FRAME,
        [at(30, stage="completed"), at(20), at(10, stage="in_progress"), at(0, stage="scheduled")],
    )
    assert shown.begun_at == BEGIN + timedelta(minutes=10)
    assert shown.ended_at == BEGIN + timedelta(minutes=30)
    assert [entry.number for entry in shown.entries] == [4, 3, 2, 1]


def test_a_second_try_begins_anew() -> None:
    shown = page(
        FRAME, [at(60, stage="in_progress"), at(50, stage="scheduled"), at(10, stage="rolled_back")]
    )
    assert shown.begun_at == BEGIN + timedelta(minutes=60)
    assert shown.ended_at is None
