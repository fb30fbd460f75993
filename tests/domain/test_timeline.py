"""The chain: whole when untouched, broken wherever it was touched."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.timeline import Entry, Json, canonical, digest, plain, verify

T0 = datetime(2026, 11, 21, 2, 14, 7, 123456, tzinfo=UTC)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, length + 1):
        before = entries[-1].hash if entries else ""
        entry = Entry(
            run=7, seq=number, at=T0 + timedelta(seconds=number), kind="note", verb="",
            actor="ana", leg=1, phase=0, revision=number, sentence=f"entry {number}",
            payload={"n": number}, prev_hash=before,
        )  # fmt: skip
        entries.append(replace(entry, hash=entry.seal()))
    return entries


def test_an_untouched_chain_is_whole() -> None:
    entries = chain(5)
    assert verify(entries, head=entries[-1].hash) == []


@given(st.integers(0, 5), st.sampled_from(["sentence", "actor", "payload", "at", "leg", "verb"]))
def test_any_edit_is_found(at: int, field: str) -> None:
    entries = chain(6)
    edited: dict[str, object] = {
        "sentence": "something else", "actor": "eve", "payload": {"n": -1},
        "at": T0, "leg": 2, "verb": "go",
    }  # fmt: skip
    entries[at] = replace(entries[at], **{field: edited[field]})  # type: ignore[arg-type]  # by name
    assert verify(entries)


@given(st.integers(0, 5))
def test_a_missing_entry_is_found(at: int) -> None:
    entries = chain(6)
    head = entries[-1].hash
    del entries[at]
    assert verify(entries, head=head)


def test_a_rewritten_tail_is_found_by_the_head() -> None:
    entries = chain(6)
    head = entries[-1].hash
    assert verify(entries[:4]) == []
    assert verify(entries[:4], head=head)


@given(values)
def test_plain_survives_the_journey_through_json(value: object) -> None:
    made = plain(value)
    again: Json = json.loads(json.dumps(made))
    assert canonical(again) == canonical(made)
    assert digest(again) == digest(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_spelled_as_the_database_spells_it_has_the_same_digest(value: float) -> None:
    spelled = format(Decimal(repr(value)), "f")
    assert digest(json.loads(spelled)) == digest(value)


def test_numbers_that_are_none_become_words() -> None:
    assert plain([math.nan, math.inf]) == ["nan", "inf"]


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="does not belong in the timeline"):
        plain(object())
