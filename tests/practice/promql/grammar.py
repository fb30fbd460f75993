"""Any query the practice range claims to know, at random."""

from __future__ import annotations

from hypothesis import strategies as st

from migrations_app.practice.promql.aggregate import AGGREGATES
from migrations_app.practice.promql.arithmetic import ARITHMETIC, COMPARISON
from migrations_app.practice.promql.elementwise import ELEMENTWISE
from migrations_app.practice.promql.windows import RANGED

Text = st.SearchStrategy[str]

METRICS = [
    "http_requests_total",
    "cdc_lag_seconds",
    "exact_total",
    "restarts_total",
    "gap_total",
    "late_total",
    "gone_total",
    "gone",
    "lonely_total",
    "huge_total",
    "odd",
    "below",
    "load",
    "limit",
    "request_seconds_bucket",
    "no_such_metric",
]
MATCHERS = [
    'track="green"',
    'track!="green"',
    'code=~"5..|404"',
    'code!~"2.*"',
    'shard=~"a|b"',
    'zone=""',
    'le=~"0.5|.Inf"',
]
LABELS = ["track", "code", "shard", "zone", "le", "kind", "none"]
PARAMETERS = {"clamp": 2, "clamp_min": 1, "clamp_max": 1}

numbers = st.sampled_from(["0", "1", "-1", "0.5", "3", "1e3", "NaN", "Inf", "-Inf"])
label_lists = st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(", ".join)
places = st.sampled_from(["", "", " offset 30s", " offset -45s", " @ 1700000400"])
windows = st.sampled_from(["3s", "5s", "12s", "20s", "1m", "5m"])
selectors = st.builds(
    lambda name, matchers: f"{name}{{{','.join(matchers)}}}",
    st.sampled_from(METRICS),
    st.lists(st.sampled_from(MATCHERS), max_size=2, unique=True),
)
instants = st.builds(lambda *parts: "".join(parts), selectors, places)
ranges = st.builds(lambda what, w, where: f"{what}[{w}]{where}", selectors, windows, places)
matchings = st.one_of(
    st.just(""),
    st.builds(
        lambda how, labels: f"{how} ({labels})", st.sampled_from(["on", "ignoring"]), label_lists
    ),
)


def _scalars(inner: Text) -> Text:
    calculations = st.sampled_from([*ARITHMETIC, *(f"{sign} bool" for sign in COMPARISON)])
    return st.one_of(
        st.builds(lambda a, sign, b: f"({a} {sign} {b})", inner, calculations, inner),
        inner.map(lambda a: f"-({a})"),
    )


scalars = st.recursive(
    st.one_of(numbers, st.just("time()"), instants.map(lambda v: f"scalar({v})")),
    _scalars,
    max_leaves=3,
)
leaves = st.one_of(
    instants,
    st.builds(lambda name, what: f"{name}({what})", st.sampled_from(sorted(RANGED)), ranges),
    st.builds(lambda share, what: f"quantile_over_time({share}, {what})", scalars, ranges),
    ranges.map(lambda what: f"absent_over_time({what})"),
    instants.map(lambda what: f"timestamp({what})"),
    scalars.map(lambda what: f"vector({what})"),
)


def _calls(inner: Text) -> Text:
    def call(name: str, vector: str, parameters: list[str]) -> str:
        return f"{name}({', '.join([vector, *parameters[: PARAMETERS.get(name, 0)]])})"

    return st.builds(
        call, st.sampled_from(sorted(ELEMENTWISE)), inner, st.lists(scalars, min_size=2, max_size=2)
    )


def _aggregates(inner: Text) -> Text:
    by = st.one_of(
        st.just(""),
        st.builds(
            lambda how, labels: f" {how} ({labels}) ",
            st.sampled_from(["by", "without"]),
            label_lists,
        ),
    )
    return st.builds(
        lambda name, by, vector: f"{name}{by}({vector})",
        st.sampled_from(sorted(AGGREGATES)),
        by,
        inner,
    )


def _vectors(inner: Text) -> Text:
    signs = st.sampled_from([*ARITHMETIC, *COMPARISON, *(f"{sign} bool" for sign in COMPARISON)])
    sets = st.sampled_from(["and", "or", "unless"])
    return st.one_of(
        _calls(inner),
        _aggregates(inner),
        inner.map(lambda vector: f"-({vector})"),
        inner.map(lambda vector: f"absent({vector})"),
        st.builds(lambda share, v: f"histogram_quantile({share}, {v})", scalars, inner),
        st.builds(lambda a, sign, b: f"({a}) {sign} {b}", inner, signs, scalars),
        st.builds(lambda a, sign, b: f"{a} {sign} ({b})", scalars, signs, inner),
        st.builds(lambda a, s, how, b: f"({a}) {s} {how} ({b})", inner, signs, matchings, inner),
        st.builds(lambda a, s, how, b: f"({a}) {s} {how} ({b})", inner, sets, matchings, inner),
    )


queries = st.one_of(scalars, st.recursive(leaves, _vectors, max_leaves=4))
