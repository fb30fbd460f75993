"""The HTTP API of the practice range's metrics server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.practice.promql.build import NOW, labels, store_with
from tests.practice.promql.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = NOW / 1000
KNOWN = "the practice range does not know"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    counter = [(1_000 * n, float(10 * n)) for n in range(60)]
    store = store_with(
        {
            labels("x_total", a="1"): counter,
            labels("x_total", a="2"): [(1_000, 1.0)],
            labels("z", a="2"): [(1_000, 1.0)],
            labels("y", b="2"): [(0, 0.5)],
        }
    )
    with serving(store) as place, httpx.Client(base_url=place.url, timeout=60) as client:
        yield client


def ask(http: httpx.Client, path: str, **form: object) -> Any:
    """The data of a success."""
    answer = http.post(f"/api/v1/{path}", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["data"]


def refusal(http: httpx.Client, path: str, **form: object) -> tuple[int, str, str]:
    answer = http.post(f"/api/v1/{path}", data=form)
    envelope = answer.json()
    assert envelope["status"] == "error"
    return answer.status_code, envelope["errorType"], envelope["error"]


def test_a_vector(http: httpx.Client) -> None:
    assert ask(http, "query", query='x_total{a="1"}', time=SECONDS + 5.25) == {
        "resultType": "vector",
        "result": [{"metric": {"__name__": "x_total", "a": "1"}, "value": [SECONDS + 5.25, "50"]}],
    }


def test_a_number(http: httpx.Client) -> None:
    data = ask(http, "query", query="1 / 0", time=SECONDS)
    assert data == {"resultType": "scalar", "result": [SECONDS, "+Inf"]}


def test_raw_samples(http: httpx.Client) -> None:
    data = ask(http, "query", query='x_total{a="1"}[3s]', time=SECONDS + 5)
    assert data["resultType"] == "matrix"
    (line,) = data["result"]
    assert line["values"] == [[SECONDS + n, str(10 * n)] for n in (3, 4, 5)]


def test_a_get_is_as_good_as_a_post(http: httpx.Client) -> None:
    form = {"query": "rate(x_total[10s])", "time": str(SECONDS + 30)}
    got = http.get("/api/v1/query", params=form).json()
    assert got == http.post("/api/v1/query", data=form).json()
    assert got["data"]["result"][0]["value"][1] == "10"


@pytest.mark.parametrize(
    "time", ["1700000005", "1700000005.000", "2023-11-14T22:13:25Z", "2023-11-14T23:13:25+01:00"]
)
def test_times_are_unix_seconds_or_rfc_3339(time: str, http: httpx.Client) -> None:
    data = ask(http, "query", query="time()", time=time)
    assert data["result"] == [1_700_000_005, "1700000005"]


def test_without_a_time_it_is_now(http: httpx.Client) -> None:
    data = ask(http, "query", query="time() - 1")
    assert data["result"][0] > 1.7e9


def test_a_range(http: httpx.Client) -> None:
    data = ask(
        http, "query_range", query='x_total{a="1"}', start=SECONDS - 1, end=SECONDS + 3, step="2s"
    )
    (line,) = data["result"]
    assert line["values"] == [[SECONDS + 1, "10"], [SECONDS + 3, "30"]]


def test_a_range_of_a_number(http: httpx.Client) -> None:
    data = ask(http, "query_range", query="2", start=SECONDS, end=SECONDS + 1, step=1)
    assert data["result"] == [{"metric": {}, "values": [[SECONDS, "2"], [SECONDS + 1, "2"]]}]


def test_lookback(http: httpx.Client) -> None:
    form = {"query": "y", "time": SECONDS + 10}
    assert ask(http, "query", **form)["result"]
    assert ask(http, "query", **form, lookback_delta="9")["result"] == []


def test_names_and_values_of_labels(http: httpx.Client) -> None:
    assert ask(http, "labels") == ["__name__", "a", "b"]
    assert ask(http, "labels?match[]=x_total") == ["__name__", "a"]
    assert ask(http, "label/__name__/values") == ["x_total", "y", "z"]
    assert ask(http, "label/nothing/values") == []
    assert ask(http, f"labels?start={SECONDS + 100}") == []


def test_series(http: httpx.Client) -> None:
    form = {"match[]": ['{a="1"}', "nothing"]}
    found = http.post("/api/v1/series", data=form).json()["data"]
    assert found == [{"__name__": "x_total", "a": "1"}]


def test_it_says_that_it_is_ready_and_what_it_is(http: httpx.Client) -> None:
    assert http.get("/-/ready").status_code == 200
    assert http.get("/-/healthy").status_code == 200
    assert ask(http, "status/buildinfo")["version"] == "practice range"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("topk(2, x)", f'{KNOWN} the aggregation "topk"; it knows avg, count, max, min, sum'),
        ("stddev(x)", f'{KNOWN} the aggregation "stddev"'),
        ("rate(x[5m:10s])", f"{KNOWN} subqueries"),
        ("max_over_time(rate(x[1m])[5m:10s])", f"{KNOWN} subqueries"),
        ('label_replace(x, "a", "b", "c", "d")', f"{KNOWN} the function label_replace()"),
        ("predict_linear(x[5m], 60)", f"{KNOWN} the function predict_linear()"),
        ("x atan2 y", f'{KNOWN} the operator "atan2"'),
        ("x * on (a) group_left (b) y", f"{KNOWN} group_left and group_right"),
        ('x{a="1" or b="2"}', f'{KNOWN} "or" between label matchers'),
        ('"text"', f"{KNOWN} texts"),
        ('x{a=~"[[:alpha:]]"}', 'cannot use the regular expression "[[:alpha:]]"'),
        ('x{a=~"\\\\pL"}', "cannot use the regular expression"),
        ("", "parse error"),
        ("sum(x", "unclosed left parenthesis"),
        ("rate(x)", "expected type matrix"),
        ("nosuch(x)", "unknown function"),
        ("1 == 2", "BOOL"),
    ],
)
def test_what_it_does_not_know_it_refuses_by_name(
    query: str, words: str, http: httpx.Client
) -> None:
    status, kind, error = refusal(http, "query", query=query, time=SECONDS)
    assert (status, kind) == (400, "bad_data")
    assert words in error


@pytest.mark.parametrize("query", ['-{__name__=~"x_total|z"}', "x_total * on () x_total"])
def test_ambiguous_data_are_another_error(query: str, http: httpx.Client) -> None:
    status, kind, error = refusal(http, "query", query=query, time=SECONDS + 1)
    assert (status, kind) == (422, "execution")
    assert "aggregate them" in error


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"start": 10, "end": 5, "step": 1}, "before the start"),
        ({"start": 0, "end": 11_000, "step": 1}, "more than 11,000 points"),
        ({"start": 0, "end": 1, "step": 0}, '"step"'),
        ({"start": 0, "end": 1, "step": -1}, '"step"'),
        ({"start": 0, "end": 1}, '"step"'),
        ({"start": "soon", "end": 1, "step": 1}, '"start"'),
        ({"end": 1, "step": 1}, '"start"'),
        ({"start": 0, "end": "1e400", "step": 1}, '"end"'),
        ({"start": 0, "end": "nan", "step": 1}, '"end"'),
        ({"start": 0, "end": 1, "step": 1, "timeout": "x"}, '"timeout"'),
    ],
    ids=str,
)
def test_a_range_that_makes_no_sense_is_refused(
    form: dict[str, object], words: str, http: httpx.Client
) -> None:
    status, kind, error = refusal(http, "query_range", query='x_total{a="1"}', **form)
    assert (status, kind) == (400, "bad_data")
    assert words in error


def test_a_range_ends_with_its_timeout(http: httpx.Client) -> None:
    form = {"start": SECONDS, "end": SECONDS + 10_000, "step": 1, "timeout": "1ms"}
    status, kind, _ = refusal(http, "query_range", query="rate(x_total[1h])", **form)
    assert (status, kind) == (503, "timeout")


def test_nothing_elsewhere(http: httpx.Client) -> None:
    answer = http.get("/api/v1/alerts")
    assert (answer.status_code, answer.json()["errorType"]) == (404, "not_found")


def test_a_form_without_end_is_refused(http: httpx.Client) -> None:
    status, _, error = refusal(http, "query", query="x" * 100_000)
    assert status == 400
    assert "longer than" in error


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    query=st.text(max_size=60) | st.text("x{}[]()=~!\"',.+-*/^%<>0159 smhbyofset@", max_size=40),
    time=st.text(max_size=10),
)
def test_no_text_whatever_breaks_it(query: str, time: str, http: httpx.Client) -> None:
    form = {"query": query.encode("utf-8", "replace"), "time": time.encode("utf-8", "replace")}
    assert http.post("/api/v1/query", data=form).status_code in {200, 400, 422}
