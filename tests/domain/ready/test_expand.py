"""A word in a runbook becomes an ordinary check, and that check the word again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.check import Check
from migrations_app.domain.plan.problem import RunbookError
from migrations_app.domain.plan.runbook import dump, load
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.plan.told import terms_told
from migrations_app.domain.ready import CATALOGUE
from tests.domain.ready.world import asked, needed

HEAD = "migration: m\ntitle: T\nchecks:\n  - "
MINUTE = timedelta(minutes=1)


def check(use: str, **given: Any) -> Check:
    return Check.model_validate({"name": "one", "source": "metrics", "use": use, **given})


def refused(line: str) -> str:
    with pytest.raises(RunbookError) as caught:
        load(f"{HEAD}{line}\n")
    return str(caught.value)


def test_one_line_is_a_whole_check() -> None:
    plan = load(HEAD + "{name: errors, source: metrics, use: error_ratio, fail_when: '> 0.3 %'}\n")
    [errors] = plan.checks
    assert errors.use == "error_ratio"
    assert errors.title == "5xx on GREEN"
    assert 'code=~"5..", ${var:green}' in errors.query
    assert "${var:blue}" in (errors.blue_query or "")
    assert (errors.fail_when, errors.window, errors.min_samples) == ("> 0.3 %", 5 * MINUTE, 200)


def test_the_plan_says_where_a_check_came_from() -> None:
    assert terms_told(check("deadlocks"))[-1] == "ready-made: deadlocks"


def test_a_run_holds_the_words_and_what_they_meant_that_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lag = check("kafka_lag", **{"with": {"group": "orders"}}).model_dump(mode="json")
    environment = {"kind": "production", "sources": {"metrics": {"kind": "prometheus"}}}
    data = {"migration": "m", "title": "T", "checks": [lag],
            "environments": {"here": environment}}  # fmt: skip
    bound = bind(Plan.model_validate(data), "here")
    snapshot = bound.to_snapshot()
    monkeypatch.setattr("migrations_app.domain.ready.expand.CATALOGUE", {})
    again = type(bound).from_snapshot(snapshot)
    assert again == bound
    assert again.check("one").use == "kafka_lag"
    assert again.check("one").query == 'sum(kafka_consumergroup_lag{consumergroup="orders"})'
    assert again.check("one").params == {"group": "orders"}


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ({"pass_when": "< 2 %"}, {"fail_when": None, "pass_when": "< 2 %"}),
        ({"hold": "9m"}, {"hold": 9 * MINUTE, "consecutive": 1}),
        ({"min_samples": None}, {"min_samples": None, "samples_query": None}),
        ({"title": "Ours"}, {"title": "Ours"}),
        ({"observe": True}, {"observe": True}),
    ],
)
def test_the_rule_is_the_author_s(given: dict[str, Any], now: dict[str, object]) -> None:
    made = check("latency_p95", **given)
    assert {key: getattr(made, key) for key in now} == now


def test_consecutive_takes_the_hold_of_the_word_back() -> None:
    made = check("debezium_lag", consecutive=3, **{"with": {"connector": 'server="o"'}})
    assert (made.hold, made.consecutive) == (timedelta(0), 3)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{name: a, source: m, use: eror_ratio}",
         'checks[0].use: there is no ready-made check "eror_ratio". Did you mean "error_ratio"?'),
        ("{name: a, source: m, use: kafka_lag}",
         'checks[0].with: "kafka_lag" needs `group`: the consumer group.'),
        ("{name: a, source: m, use: kafka_lag, with: {gruop: x}}", 'Did you mean "group"?'),
        ("{name: a, source: m, use: kafka_lag, with: {group: x, lag: 'a b'}}",
         "`lag` must be a metric's name"),
        ("{name: a, source: m, use: burn_fast, with: {service: ''}}", "picks everything there is"),
        ("{name: a, source: m, use: kafka_lag, with: [x]}", "must be a mapping of parameters"),
        ("{name: a, source: m, use: error_ratio, unit: ms}",
         "checks[0].unit: comes with the word in `use`"),
        ("{name: a, source: m, use: error_ratio, with: {code: 'a=b'}}", "must be a label's name"),
        ("{name: a, source: m, use: error_ratio, with: {green: 'a=b'}}", '"a=b" is no label'),
        ("{name: a, source: m, use: error_ratio, with: {green: 3}}", "must be label matchers"),
        ("{name: a, source: m, use: error_ratio, with: {bad: [5]}}", "`bad` must be text."),
        ("{name: a, source: m, use: latency_p95, with: {scale: 0}}", "from 1 to 1000"),
        ("{name: a, source: m, use: burn_fast, with: {service: 'a=\"b\"', slo: '99 bananas'}}",
         "must be a quantity"),
        ("{name: a, source: m, use: traffic_drop, with: {service: 'a=\"b\"', ago: 1x}}",
         "must be a duration"),
        ("{name: a, source: m, query: x, unit: ms, fail_when: '> 1', with: {a: b}}",
         "checks[0].with: `with` goes with `use`"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_its_place(line: str, said: str) -> None:
    assert said in refused(line)


def test_a_mapping_picks_as_matchers_do() -> None:
    written = check("deadlocks", **{"with": {"green": 'svc="a",  track =~ "g.*" , ${var:more}'}})
    mapped = check("deadlocks", **{"with": {"green": {"svc": "a", "track": 'g"'}}})
    assert '{svc="a",track=~"g.*",${var:more}}' in written.query
    assert r'{svc="a",track="g\""}' in mapped.query


def test_an_empty_selector_leaves_no_comma() -> None:
    assert "{}" in check("deadlocks", **{"with": {"green": ""}}).query
    assert '{code=~"5.."}' in check("error_ratio", **{"with": {"green": ""}}).query


ANYTHING = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1)


@given(ANYTHING)
def test_no_value_leaves_its_quotes(value: str) -> None:
    made = check("kafka_lag", **{"with": {"group": value, "more": {"topic": value}}})
    tree: Any = promql_parser.parse(made.query)
    found = {one.name: one.value for one in tree.expr.matchers.matchers}
    assert found == {"consumergroup": value, "topic": value}
    assert len(list(tree.expr.matchers.matchers)) == 2


@given(ANYTHING | st.text('{}",=~!() abc\\$'))
def test_no_selector_leaves_its_braces(text: str) -> None:
    try:
        made = check("deadlocks", **{"with": {"green": text}})
    except ValueError:
        return
    tree: Any = promql_parser.parse(asked(made.query))
    assert type(tree).__name__ == "AggregateExpr"
    [inside] = tree.expr.args
    assert inside.vector_selector.name == "pg_stat_database_deadlocks"


OVERRIDES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.just("Ours"),
        "window": st.sampled_from(["0s", "1m", "5m"]),
        "hold": st.sampled_from(["0s", "1m", "10m"]),
        "consecutive": st.integers(1, 3),
        "min_samples": st.none() | st.integers(1, 300),
        "fail_when": st.sampled_from(["> 1 %", "> 0.5 %"]),
        "baseline": st.sampled_from(["captured", {"offset": "1d"}]),
        "on_no_data": st.just("rollback"),
        "observe": st.booleans(),
    },
).filter(lambda one: not {"hold", "consecutive"} <= one.keys())  # which no rule may have


@given(st.sampled_from(sorted(CATALOGUE)), OVERRIDES)
def test_what_is_written_out_is_folded_up_without_loss(
    word: str, overrides: dict[str, Any]
) -> None:
    one = check(word, **overrides, **{"with": needed(word)})
    plan = Plan.model_validate({"migration": "m", "title": "T", "checks": [one]})
    text = dump(plan)
    assert load(text) == plan
    assert "query" not in text, "short again"


def test_in_full_it_stands_beside_its_word() -> None:
    plan = Plan.model_validate({"migration": "m", "title": "T", "checks": [check("deadlocks")]})
    text = dump(plan, in_full=True)
    assert "use: deadlocks" in text
    assert "query: sum(increase(pg_stat_database_deadlocks{${var:green}}[${window}]))" in text
    assert load(text) == plan


def test_what_is_no_word_s_any_more_stays_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    one = check("deadlocks").model_copy(update={"query": "sum(deadlocks)"})
    plan = Plan.model_validate({"migration": "m", "title": "T", "checks": [one]})
    assert "query: sum(deadlocks)" in dump(plan)
    assert load(dump(plan)) == plan
    monkeypatch.setattr("migrations_app.domain.ready.expand.CATALOGUE", {})
    assert load(dump(plan)) == plan
