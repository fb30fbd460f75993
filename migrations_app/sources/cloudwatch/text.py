"""A check's query for CloudWatch: metric math in which each metric is written out. Pure.

    100 * Sum(AWS/ApplicationELB:HTTPCode_Target_5XX_Count{TargetGroup="…"}[5m])
        / Sum(AWS/ApplicationELB:RequestCount{TargetGroup="…"}[5m])

A metric is `STATISTIC(NAMESPACE:METRIC{DIMENSION="value", …}[PERIOD])`; a name with other letters
than `A-Z a-z 0-9 . _ / # -` stands in quotes. Everything around is CloudWatch's own metric math.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from migrations_app.domain.duration import parse_duration

_WORD: Final = r'[A-Za-z0-9._/#-]+|"[^"]{1,255}"'
_STATISTIC: Final = (
    r"Average|Sum|Minimum|Maximum|SampleCount|IQM|(?:p|tm|wm|tc|ts)\d{1,2}(?:\.\d{1,10})?"
)
_TERM: Final = re.compile(
    rf"(?P<stat>{_STATISTIC})\(\s*(?P<space>{_WORD})\s*:\s*(?P<name>{_WORD})\s*"
    r"(?:\{(?P<dimensions>[^{}]*)\})?\s*\[(?P<period>[^\[\]]*)\]\s*\)",
    re.ASCII,
)
_DIMENSION: Final = re.compile(rf'(?P<name>{_WORD})\s*=\s*"(?P<value>[^"]{{1,1024}})"', re.ASCII)
_PAIR: Final = rf'(?:{_WORD})\s*=\s*"[^"]{{1,1024}}"'
_PAIRS: Final = re.compile(rf"\s*{_PAIR}(?:\s*,\s*{_PAIR})*\s*", re.ASCII)
_FINE: Final = frozenset({1, 5, 10, 20, 30})  # periods in seconds of metrics of high resolution
_LONGEST: Final = timedelta(days=1)
_MOST: Final = 50
_USUAL: Final = (
    "Write a metric as Sum(AWS/ApplicationELB:RequestCount{TargetGroup=\"…\"}[1m]), with "
    "CloudWatch's metric math around it."
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metric:
    """`dimensions` as pairs of name and value."""

    statistic: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    def asked(self, period: int) -> dict[str, Any]:
        """As GetMetricData takes it."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {"Metric": metric, "Period": period, "Stat": self.statistic}


@dataclass(frozen=True, slots=True)
class Parsed:
    """`around`: the metric math before, between and after the metrics."""

    metrics: tuple[Metric, ...]
    around: tuple[str, ...]
    period: timedelta

    def queries(self, prefix: str) -> list[dict[str, Any]]:
        """As GetMetricData takes them: what is asked for has the id `prefix`, and only that."""
        seconds = int(self.period.total_seconds())
        alone = len(self.metrics) == 1 and not any(part.strip() for part in self.around)
        ids = [prefix] if alone else [f"{prefix}m{n}" for n in range(len(self.metrics))]
        asked = [
            {"Id": id_, "MetricStat": metric.asked(seconds), "ReturnData": alone}
            for id_, metric in zip(ids, self.metrics, strict=True)
        ]
        if alone:
            return asked
        expression = self.around[0] + "".join(
            id_ + part for id_, part in zip(ids, self.around[1:], strict=True)
        )
        return [*asked, {"Id": prefix, "Expression": " ".join(expression.split())}]


def parse(text: str) -> Parsed:
    """`ValueError` with a sentence."""
    found = list(_TERM.finditer(text))
    if not found:
        raise ValueError(f"There is no metric in it. {_USUAL}")
    if len(found) > _MOST:
        raise ValueError(f"It names {len(found)} metrics; at most {_MOST} fit into a query.")
    around = _around(text, found)
    periods = {_period(term["period"]) for term in found}
    if len(periods) > 1:
        raise ValueError("All metrics of a query need the same period in [ ].")
    return Parsed(tuple(_metric(term) for term in found), around, periods.pop())


def _around(text: str, found: list[re.Match[str]]) -> tuple[str, ...]:
    """A word in small letters would be the id of another metric, and there is none."""
    ends = [0, *(term.end() for term in found)]
    starts = [*(term.start() for term in found), len(text)]
    around = tuple(text[end:start] for end, start in zip(ends, starts, strict=True))
    for part in around:
        if bad := re.search(r"[a-z]\w*|[\[\]{}:;]", re.sub(r'"[^"]*"', "", part)):
            raise ValueError(f'"{bad.group()[:40]}" is no metric and no metric math. {_USUAL}')
    return around


def _metric(term: re.Match[str]) -> Metric:
    told = term["dimensions"] or ""
    if told.strip() and not _PAIRS.fullmatch(told):
        raise ValueError('Dimensions are written {Name="value", Other="value"}.')
    pairs = [(_bare(one["name"]), one["value"]) for one in _DIMENSION.finditer(told)]
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError(f"A dimension of {_bare(term['name'])} is named twice.")
    return Metric(term["stat"], _bare(term["space"]), _bare(term["name"]), tuple(pairs))


def _period(text: str) -> timedelta:
    period = parse_duration(text)
    seconds = period.total_seconds()
    if seconds not in _FINE and (seconds < 60 or seconds % 60 or period > _LONGEST):
        raise ValueError(
            f"CloudWatch has no period of [{text}]: take 1s, 5s, 10s, 20s or 30s (for metrics of "
            "high resolution), or whole minutes up to a day."
        )
    return period


def _bare(word: str) -> str:
    return word.strip('"')
