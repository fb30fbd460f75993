from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.world.knobs import BadKnob
from migrations_app.practice.world.sickness import HIGHEST, Sickness, parse


def test_what_is_left_out_is_healthy() -> None:
    assert parse(b'{"errors": 0.25}') == Sickness(errors=0.25)
    assert parse(b"{}") == Sickness()


@given(st.fixed_dictionaries({}, optional={n: st.floats(0, h) for n, h in HIGHEST.items()}))
def test_every_number_within_bounds_is_taken_as_it_is(asked: dict[str, float]) -> None:
    assert parse(json.dumps(asked).encode()) == Sickness(**asked)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", 'Send a JSON object such as {"errors": 0.5}.'),
        (b"[1]", 'Send a JSON object such as {"errors": 0.5}.'),
        (b'{"error": 1}', 'There is no "error"; there is errors, latency_ms, lag_s, mismatch.'),
        (b'{"errors": 1.01}', "errors has to be a number from 0 to 1."),
        (b'{"errors": -0.1}', "errors has to be a number from 0 to 1."),
        (b'{"errors": NaN}', "errors has to be a number from 0 to 1."),
        (b'{"errors": true}', "errors has to be a number from 0 to 1."),
        (b'{"latency_ms": "9"}', "latency_ms has to be a number from 0 to 10000."),
        (b'{"lag_s": Infinity}', "lag_s has to be a number from 0 to 300."),
    ],
)
def test_anything_else_is_refused_in_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(BadKnob) as refusal:
        parse(body)

    assert str(refusal.value) == sentence
