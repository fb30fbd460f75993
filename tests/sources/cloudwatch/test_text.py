"""A query for CloudWatch: metric math with its metrics written out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.sources.cloudwatch.text import parse

RATIO = """
    100 * Sum(AWS/ApplicationELB:HTTPCode_Target_5XX_Count{TargetGroup="targetgroup/green/1",
                                                           LoadBalancer="app/web/2"}[5m])
        / FILL(Sum(AWS/ApplicationELB:RequestCount{TargetGroup="targetgroup/green/1"}[5m]), 0)
"""


def test_one_metric_is_asked_for_as_it_is() -> None:
    parsed = parse('p99.9( AWS/ApplicationELB : TargetResponseTime { TargetGroup = "tg" } [1m] )')
    assert parsed.period == timedelta(minutes=1)
    assert parsed.queries("q7") == [
        {
            "Id": "q7",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/ApplicationELB",
                    "MetricName": "TargetResponseTime",
                    "Dimensions": [{"Name": "TargetGroup", "Value": "tg"}],
                },
                "Period": 60,
                "Stat": "p99.9",
            },
            "ReturnData": True,
        }
    ]


def test_several_become_ids_in_an_expression() -> None:
    *metrics, expression = parse(RATIO).queries("q0")
    assert expression == {"Id": "q0", "Expression": "100 * q0m0 / FILL(q0m1, 0)"}
    assert [one["Id"] for one in metrics] == ["q0m0", "q0m1"]
    assert not any(one["ReturnData"] for one in metrics)
    dimensions = metrics[0]["MetricStat"]["Metric"]["Dimensions"]
    assert dimensions == [
        {"Name": "TargetGroup", "Value": "targetgroup/green/1"},
        {"Name": "LoadBalancer", "Value": "app/web/2"},
    ]


def test_names_with_other_letters_stand_in_quotes() -> None:
    [asked] = parse('Average("My Shop":"Carts, open"{"In the"="EU, US"}[30s])').queries("q")
    metric = asked["MetricStat"]["Metric"]
    assert (metric["Namespace"], metric["MetricName"]) == ("My Shop", "Carts, open")
    assert metric["Dimensions"] == [{"Name": "In the", "Value": "EU, US"}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no metric"),
        ("m1 / m2", "There is no metric"),
        ("SUM(AWS/X:Y[1m])", "There is no metric"),
        ("Sum(AWS/X:Y)", "There is no metric"),
        ("Sum(AWS/X:Y[1m]) / other", '"other" is no metric'),
        ("Sum(AWS/X:Y[1m]) / Sum(AWS/X:Z[5m])", "the same period"),
        ("Sum(AWS/X:Y[90s])", "no period of \\[90s\\]"),
        ("Sum(AWS/X:Y[2d])", "no period of \\[2d\\]"),
        ("Sum(AWS/X:Y[soon])", "not a duration"),
        ("Sum(AWS/X:Y{A=b}[1m])", "Dimensions are written"),
        ('Sum(AWS/X:Y{A="b" B="c"}[1m])', "Dimensions are written"),
        ('Sum(AWS/X:Y{A="b",A="c"}[1m])', "named twice"),
        (" + ".join(["Sum(AWS/X:Y[1m])"] * 51), "at most 50"),
    ],
)
def test_what_is_refused_and_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = parse(text)
    except ValueError:
        return
    assert len(parsed.around) == len(parsed.metrics) + 1 > 1
