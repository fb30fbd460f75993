"""Whatever the answer, what comes out is one finite number or a reason."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.reading import Outcome
from migrations_app.sources.prometheus.envelope import number
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import Answer

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
SAMPLES = st.tuples(st.floats() | st.integers() | JSON, st.floats().map(str) | JSON)
SERIES = st.dictionaries(st.sampled_from(["metric", "value", "values"]), SAMPLES | JSON)
DATA = st.fixed_dictionaries(
    {
        "resultType": st.sampled_from(["vector", "scalar", "matrix", "string"]) | JSON,
        "result": st.lists(SERIES, max_size=3) | SAMPLES | JSON,
    }
)
ENVELOPES = st.fixed_dictionaries(
    {"status": st.sampled_from(["success", "error"]) | JSON},
    optional={"data": DATA | JSON, "warnings": JSON, "error": JSON, "errorType": JSON},
)
BODIES = st.binary() | ENVELOPES.map(lambda one: json.dumps(one).encode())


@given(
    status=st.sampled_from([200, 204, 302, 400, 401, 422, 500, 503]) | st.integers(200, 599),
    kind=st.sampled_from(["application/json", "text/html", ""]),
    location=st.text(),
    body=BODIES,
)
def test_it_is_one_finite_number_or_a_sentence(
    status: int, kind: str, location: str, body: bytes
) -> None:
    said = number(Answer(status, {"content-type": kind, "location": location}, body))
    if isinstance(said, NoValue):
        assert said.outcome is not Outcome.OK
        assert said.detail
        assert said.detail.isprintable()
    else:
        assert math.isfinite(said)
        assert status == 200


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_exactly(value: float) -> None:
    data = {"resultType": "vector", "result": [{"metric": {}, "value": [1, repr(value)]}]}
    body = json.dumps({"status": "success", "data": data}).encode()
    assert number(Answer(200, {"content-type": "application/json"}, body)) == value


@given(st.integers(2, 50))
def test_several_series_are_counted(count: int) -> None:
    result = [{"metric": {"n": str(n)}, "value": [1, "1"]} for n in range(count)]
    body = json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})
    said = number(Answer(200, {"content-type": "application/json"}, body.encode()))
    assert isinstance(said, NoValue)
    assert said.outcome is Outcome.MANY_SERIES
    assert str(count) in said.detail
