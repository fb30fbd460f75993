"""The golden signals: errors, latency, traffic, saturation."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready
from migrations_app.domain.ready.words import BAD, BLUE, CODE, GREEN, REQUESTS, metric

_FAILED: Final = """\
100 * (sum(rate(<requests>{<code>=~"<bad>", <%s>}[${window}])) or vector(0))
  / (sum(rate(<requests>{<%s>}[${window}])) > 0)"""
_COUNTED: Final = "sum(increase(<requests>{<green>}[${window}]))"
_QUANTILE: Final = """\
<scale> * histogram_quantile(%s, sum by (le) (rate(<buckets>{<%s>}[${window}])))"""
_SEEN: Final = 'sum(increase(<buckets>{le="+Inf", <green>}[${window}]))'
_BUCKETS: Final = metric(
    "buckets", "the histogram's buckets", "http_request_duration_seconds_bucket"
)
_SCALE: Final = Param(
    "scale", ParamKind.NUMBER, "1000 for buckets in seconds, 1 for milliseconds", "1000", 1, 1000
)
_ALL: Final = "sum(rate(<requests>{<service>}[${window}]))"
_TOP: Final = (
    "A quantile in the highest bucket reads as the bound below it: have a bound above the limit."
)


def _failed(side: str) -> str:
    return _FAILED % (side, side)


def _latency(percent: int) -> Ready:
    return Ready(
        f"latency_p{percent}",
        f"p{percent} latency on GREEN",
        f"{percent} of 100 requests on GREEN are answered within this time.",
        (_BUCKETS, _SCALE, GREEN, BLUE),
        {
            "query": _QUANTILE % (percent / 100, "green"),
            "blue_query": _QUANTILE % (percent / 100, "blue"),
            "samples_query": _SEEN,
            "min_samples": 200,
            "unit": "ms",
            "window": "5m",
            "fail_when": "> 500 ms",
            "consecutive": 2,
        },
        _TOP,
    )


def _latency_vs_blue(percent: int) -> Ready:
    return Ready(
        f"latency_p{percent}_vs_blue",
        f"p{percent} latency, GREEN next to BLUE",
        f"How much slower p{percent} is on GREEN than on BLUE in the same window.",
        (_BUCKETS, _SCALE, GREEN, BLUE),
        {
            "query": _QUANTILE % (percent / 100, "green"),
            "blue_query": _QUANTILE % (percent / 100, "blue"),
            "samples_query": _SEEN,
            "min_samples": 200,
            "unit": "ms",
            "window": "5m",
            "fail_when": "> +25 % vs blue",
            "hold": "5m",
        },
        "Compare like with like: another mix of requests on GREEN is another latency. At 100 % "
        "BLUE has nothing to compare with, and that is NO_DATA: use it before.",
    )


ERRORS: Final = Group(
    "Errors",
    (
        Ready(
            "error_ratio",
            "5xx on GREEN",
            "The share of GREEN's requests that failed. BLUE's is read too, so that nothing rolls "
            "back to a BLUE that is worse.",
            (REQUESTS, CODE, BAD, GREEN, BLUE),
            {
                "query": _failed("green"),
                "blue_query": _failed("blue"),
                "samples_query": _COUNTED,
                "min_samples": 200,
                "unit": "%",
                "window": "5m",
                "fail_when": "> 1 %",
            },
            "At 1 % of traffic a few errors are a large share: raise `min_samples` or the window.",
        ),
        Ready(
            "error_excess",
            "5xx on GREEN beyond BLUE's",
            "GREEN's error share minus BLUE's, in points: what the new side adds to errors that "
            "both have.",
            (REQUESTS, CODE, BAD, GREEN, BLUE),
            {
                "query": f"{_failed('green')}\n- on ()\n{_failed('blue')}",
                "samples_query": _COUNTED,
                "min_samples": 200,
                "unit": "%",
                "window": "5m",
                "fail_when": "> 0.5 %",
            },
            "Needs traffic on both sides; at 100 % it has no data. Keep `error_ratio` beside it.",
        ),
    ),
)

LATENCY: Final = Group(
    "Latency", (_latency(95), _latency(99), _latency_vs_blue(95), _latency_vs_blue(99))
)

TRAFFIC: Final = Group(
    "Traffic",
    (
        Ready(
            "traffic",
            "Requests per second on GREEN",
            "GREEN is reached at all. A config that was read back proves what was meant, this "
            "proves what happens.",
            (REQUESTS, GREEN),
            {
                "query": "sum(rate(<requests>{<green>}[${window}]))",
                "unit": "1/s",
                "window": "1m",
                "fail_when": "< 0.1/s",
                "hold": "2m",
            },
            "Before GREEN gets traffic this has no data or fails: let it count from the first "
            "phase with a weight.",
        ),
        Ready(
            "traffic_share",
            "GREEN's share of the requests",
            "What the clients really do, against the weight that was set.",
            (
                REQUESTS,
                GREEN,
                BLUE,
                Param("least", ParamKind.NUMBER, "the least share in %", None, 0, 100),
                Param("most", ParamKind.NUMBER, "the largest share in %", None, 0, 100),
            ),
            {
                "query": "100 * sum(rate(<requests>{<green>}[${window}])) / (\n"
                "  sum(rate(<requests>{<green>}[${window}])) + on ()\n"
                "  sum(rate(<requests>{<blue>}[${window}])) > 0)",
                "unit": "%",
                "window": "2m",
                "pass_when": "between <least> and <most> %",
                "hold": "1m",
            },
            "Each phase has its own share, so this is for the gates of one phase. Keep-alive, "
            "sticky sessions and DNS caches make shares late.",
        ),
        Ready(
            "traffic_drop",
            "Requests against an ordinary day",
            "Customers who stop coming make every error ratio look good. Counts both sides.",
            (
                REQUESTS,
                Param("service", ParamKind.SELECTOR, "what picks both sides", None),
                Param("ago", ParamKind.DURATION, "how long ago it was as it should be", "1d"),
            ),
            {
                "query": _ALL,
                "unit": "1/s",
                "window": "10m",
                "fail_when": "< -30 % vs baseline",
                "baseline": {"offset": "<ago>", "query": _ALL},
                "hold": "10m",
            },
            "That day must have been an ordinary one, at the same hour: `ago: 7d` knows weekends. "
            "The source must keep that much.",
        ),
    ),
)
