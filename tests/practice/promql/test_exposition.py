"""Reading what a target exposes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from migrations_app.practice.promql.exposition import Exposition
from tests.practice.promql.build import labels

OWN = {"job": "shop", "instance": "127.0.0.1:8001"}
PAGE = """\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code="200"} 1027 1395066363000
requests_total{code="500"}   3
odd{path="C:\\\\DIR",text="say \\"hi\\"\\n",brace="}",space=" "} 1.458255915e9

plain 12.47
minimal{job="mine",instance=""}\t+Inf
nothing NaN
# TYPE bare counter
bare 7
"""


def test_reads_the_text_format() -> None:
    values = Exposition(OWN).read(PAGE)
    assert values.pop(labels("nothing", **OWN)) != 0
    assert values == {
        labels("requests_total", code="200", **OWN): 1027,
        labels("requests_total", code="500", **OWN): 3,
        labels(
            "odd", path="C:\\DIR", text='say "hi"\n', brace="}", space=" ", **OWN
        ): 1.458255915e9,
        labels("plain", **OWN): 12.47,
        labels("minimal", exported_job="mine", **OWN): math.inf,
        labels("bare", **OWN): 7,
    }


def test_reads_it_the_same_a_second_time() -> None:
    exposition = Exposition(OWN)
    first, second = exposition.read(PAGE), exposition.read(PAGE)
    assert repr(first) == repr(second)


def test_a_known_series_gets_its_new_value() -> None:
    exposition = Exposition(OWN)
    for value in (1.0, 2.5, math.inf):
        assert exposition.read(f'x{{a="1"}} {value}\n') == {labels("x", a="1", **OWN): value}


def test_a_series_with_times_is_never_mistaken() -> None:
    """Its value is the last but one number, and changes while the line keeps its length."""
    exposition = Exposition(OWN)
    for value, time in ((1, 1000), (1, 2000), (3, 2000)):
        assert exposition.read(f"x {value} {time}\n") == {labels("x", **OWN): value}


@pytest.mark.parametrize(
    "page", ["<html>\n", "x{ 1\n", 'x{a="1"} one\n', "x\n", 'x{a="1"}\n', "{} 1\n", "good 1\nbad\n"]
)
def test_anything_else_is_an_error(page: str) -> None:
    exposition = Exposition(OWN)
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the parser's
        exposition.read(page)


def test_a_known_series_with_a_bad_value_is_an_error() -> None:
    exposition = Exposition(OWN)
    exposition.read("x 1\n")
    with pytest.raises(ValueError, match="one"):
        exposition.read("x one\n")


@given(
    paths=st.dictionaries(st.text(max_size=8), st.floats(0, 1e9), max_size=4),
    level=st.floats(allow_nan=False),
    seconds=st.lists(st.floats(0, 20), max_size=5),
)
def test_reads_what_an_exporter_writes(
    paths: dict[str, float], level: float, seconds: list[float]
) -> None:
    registry = CollectorRegistry()
    counter = Counter("c", "…", ["path"], registry=registry)
    for path, value in paths.items():
        counter.labels(path).inc(value)
    Gauge("g", "…", registry=registry).set(level)
    histogram = Histogram("h", "…", registry=registry)
    for one in seconds:
        histogram.observe(one)
    exposition = Exposition(OWN)
    for _ in range(2):
        values = exposition.read(generate_latest(registry).decode())
        for path, value in paths.items():
            assert values[labels("c_total", path=path, **OWN)] == pytest.approx(value)
        assert values[labels("g", **OWN)] == level
        assert values[labels("h_bucket", le="+Inf", **OWN)] == len(seconds)
