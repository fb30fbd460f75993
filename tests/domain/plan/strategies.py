"""Any plan the schema accepts, sensible or not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from migrations_app.domain.plan.check import Baseline, Budget, Burn, Check
from migrations_app.domain.plan.environment import (
    ChannelBinding,
    Environment,
    EnvironmentKind,
    RouteBinding,
    SourceBinding,
)
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.objectives import ErrorBudget, Objectives
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.phase import AbortPolicy, Action, Phase, Step, StepKind
from migrations_app.domain.plan.rollback import RollbackPlan, RollbackStep
from migrations_app.domain.plan.schema import AbortCriterion, Plan, Route, Topic
from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.rule import BaselineKind, OnNoData

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CHARS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=_REORDERING)
# Words that mean something in YAML, and text that looks like them.
AWKWARD = st.sampled_from(
    [
        "null",
        "~",
        "true",
        "no",
        "On",
        "1:30",
        "0x1f",
        "007",
        "1e5",
        "1.5",
        "-",
        "? x",
        "&a",
        "*a",
        "!t",
        "> 1",
        "% y",
        "@z",
        "a: b",
        "a #b",
        "[x]",
        "{x}",
        "'q'",
        '"q"',
        "<<",
        "=",
        "2",
        "2026-03-01",
        "0.10",
        "-0",
        ".5",
        "1_000",
        "---",
        "...",
        "\ufeffx",
        "x\xa0",
        "𝒳",
    ]
)
LINES = (st.text(CHARS, max_size=200) | AWKWARD).map(str.strip).filter(bool)
TEXTS = st.text(CHARS | st.sampled_from("\n\t \n"), max_size=300) | AWKWARD
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
VARIABLES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
USERS = st.from_regex(r"[\w.@+-]{1,10}", fullmatch=True)
DURATIONS = st.timedeltas(timedelta(0), timedelta(days=3000))
WEIGHTS = st.decimals(-200, 200, places=2, allow_nan=False, allow_infinity=False).map(Decimal)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(1 - 10**18, 10**18 - 1)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(LINES, deeper, max_size=3),
)
CONFIGS = st.dictionaries(LINES, JSON, max_size=3)


def several(items: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3).map(tuple)


def by_name(items: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES, items, max_size=2)


def maybe(items: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | items


ROLES = st.sampled_from(Role)
CONDITIONS = LINES | st.sampled_from(
    ["> 0.3 %", "> +25 % vs baseline", "within ±2 % of blue", "<= slo.p99", "> 14x", "< 2 s"]
)
BASELINES = st.builds(
    Baseline, kind=st.sampled_from(["captured", "blue"]), query=maybe(TEXTS.filter(bool))
) | st.builds(
    Baseline,
    kind=st.just(BaselineKind.OFFSET),
    offset=DURATIONS,
    query=maybe(TEXTS.filter(bool)),
)
QUERIES = TEXTS.filter(bool) | st.sampled_from(["x[${window}]", "${var:A}", "${env:B}", "${oops"])


@st.composite
def checks(draw: st.DrawFn) -> Check:
    side = draw(st.sampled_from(["fail_when", "pass_when"]))
    return Check.model_validate(
        {
            side: draw(CONDITIONS),
            "name": draw(NAMES),
            "title": draw(maybe(LINES)),
            "source": draw(NAMES),
            "query": draw(QUERIES),
            "blue_query": draw(maybe(QUERIES)),
            "samples_query": draw(maybe(QUERIES)),
            "unit": draw(st.sampled_from(Unit)),
            "window": draw(DURATIONS),
            "hold": draw(DURATIONS),
            "consecutive": draw(st.integers(1, 1000)),
            "fraction": draw(maybe(LINES)),
            "min_samples": draw(maybe(st.integers(1, 1000))),
            "baseline": draw(maybe(BASELINES)),
            "burn": draw(maybe(st.builds(Burn, slo=LINES, long=DURATIONS, short=DURATIONS))),
            "budget": draw(maybe(st.builds(Budget, slo=LINES, window=DURATIONS))),
            "on_no_data": draw(st.sampled_from(OnNoData)),
            "observe": draw(st.booleans()),
        }
    )


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    roles = draw(st.dictionaries(ROLES, st.integers(1, 3), max_size=3))
    return Gate(
        checks=draw(several(NAMES)),
        roles=roles,
        quorum=draw(maybe(st.integers(1, 5))) if roles else None,
        deadline=draw(maybe(DURATIONS)),
        auto_advance=draw(st.booleans()),
        four_eyes=draw(st.booleans()),
    )


@st.composite
def steps(draw: st.DrawFn) -> Step:
    action = draw(maybe(st.sampled_from(Action)))
    return Step(
        name=draw(NAMES),
        title=draw(maybe(LINES)),
        kind=StepKind.ACTION if action else StepKind.MANUAL,
        action=action,
        config=draw(CONFIGS),
        owner=draw(ROLES),
        expected=draw(DURATIONS),
        instructions=draw(TEXTS),
    )


PHASES = st.builds(
    Phase,
    name=NAMES,
    title=maybe(LINES),
    summary=TEXTS,
    weights=st.dictionaries(NAMES, WEIGHTS, max_size=2),
    order=several(NAMES),
    steps=several(steps()),
    hold=DURATIONS,
    gate=gates(),
    abort_policy=st.sampled_from(AbortPolicy),
    point_of_no_return=st.booleans(),
    resumable=st.booleans(),
)
ENVIRONMENTS = st.builds(
    Environment,
    kind=st.sampled_from(EnvironmentKind),
    title=maybe(LINES),
    routes=by_name(st.builds(RouteBinding, driver=NAMES, config=CONFIGS)),
    sources=by_name(st.builds(SourceBinding, kind=NAMES, config=CONFIGS, interval=DURATIONS)),
    channels=by_name(st.builds(ChannelBinding, kind=NAMES, config=CONFIGS)),
    vars=st.dictionaries(VARIABLES, TEXTS, max_size=2),
)
OBJECTIVES = st.builds(
    Objectives,
    slo=st.dictionaries(NAMES, LINES, max_size=2),
    error_budget=maybe(st.builds(ErrorBudget, share=LINES, window=DURATIONS)),
    rpo=maybe(DURATIONS),
    rto=maybe(DURATIONS),
)
ROLLBACKS = st.builds(
    RollbackPlan,
    steps=several(
        st.builds(
            RollbackStep,
            name=NAMES,
            title=maybe(LINES),
            owner=ROLES,
            expected=DURATIONS,
            instructions=TEXTS,
        )
    ),
    expected=maybe(DURATIONS),
    drain=TEXTS,
)
PLANS = st.builds(
    Plan,
    migration=NAMES,
    title=LINES,
    strategy=LINES,
    summary=TEXTS,
    objectives=OBJECTIVES,
    roles=st.dictionaries(ROLES, several(USERS), max_size=3),
    routes=several(
        st.builds(
            Route,
            name=NAMES,
            title=maybe(LINES),
            rank=st.integers(-(10**9), 10**9),
            baseline=WEIGHTS,
        )
    ),
    checks=several(checks()),
    abort=several(
        st.builds(AbortCriterion, check=NAMES, from_phase=maybe(NAMES), phases=several(NAMES))
    ),
    phases=several(PHASES),
    rollback=ROLLBACKS,
    channels=by_name(several(st.sampled_from(Topic))),
    environments=by_name(ENVIRONMENTS),
)
