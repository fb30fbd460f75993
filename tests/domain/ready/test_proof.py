"""Every word is asked of a metrics server that has data for it, and judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.rules import rule_of, texts_of
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.ready import CATALOGUE
from migrations_app.domain.verdict.evidence import gather, questions
from migrations_app.domain.verdict.judge import judge
from migrations_app.domain.verdict.outcome import Status
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.store import Store
from tests.domain.ready.samples import DAY, END, past_of
from tests.domain.ready.scenarios import SCENARIOS
from tests.domain.ready.world import needed
from tests.practice.promql.past import openmetrics
from tests.real_prometheus import NEEDED, Setup
from tests.real_prometheus import prometheus as real_prometheus
from tests.sources.build import prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pydantic import JsonValue

    from migrations_app.domain.reading import Query
    from migrations_app.domain.verdict.outcome import Verdict
    from migrations_app.sources.prometheus.source import PrometheusSource
    from tests.practice.promql.past import Past

    Ask = Callable[[Sequence[Query], datetime], list[Reading]]

INTERVAL: Final = timedelta(minutes=1)
NOW: Final = datetime.fromtimestamp(END / 1000, UTC)
CASES: Final = [
    *((word, "good", Status.PASS) for word in SCENARIOS),
    *((word, "bad", Status.FAIL) for word in SCENARIOS),
    *((word, why, Status.NO_DATA) for word, one in SCENARIOS.items() for why in one.blind),
]


def case_of(word: str, kind: str) -> str:
    return f"{word} {kind}"


def past() -> Past:
    whole: Past = {}
    for word, kind, _ in CASES:
        one = SCENARIOS[word]
        series = {"good": one.good, "bad": one.bad, **one.blind}[kind]
        whole |= past_of(case_of(word, kind), series)
    return whole


def plan(word: str, case: str) -> Plan:
    """The word as a runbook has it, picking nothing but its case."""
    mine = f'case="{case}"'
    params: dict[str, JsonValue] = needed(word)
    for param in CATALOGUE[word].params:
        if param.kind == "selector" and param.name not in {"green", "blue"}:
            params[param.name] = ",".join(filter(None, [str(params.get(param.name, "")), mine]))
    if "service" in params:
        params["service"] = mine
    variables = {side: f'track="{side}",{mine}' for side in ("green", "blue")}
    check = {"name": "one", "source": "metrics", "use": word, "with": params}
    here: dict[str, Any] = {
        "kind": "production",
        "sources": {"metrics": {"kind": "prometheus", "interval": "1m"}},
        "vars": variables,
    }
    return Plan.model_validate(
        {"migration": "m", "title": "T", "checks": [check], "environments": {"here": here},
         "objectives": {"slo": {"availability": "99.9 %"}}}
    )  # fmt: skip


def verdict(word: str, kind: str, ask: Ask) -> Verdict:
    """What the judge says after the whole hold."""
    bound = bind(plan(word, case_of(word, kind)), "here")
    check = bound.check("one")
    rule, texts = rule_of(check, bound.plan, bound), texts_of(check)
    first = NOW - rule.hold - 2 * INTERVAL
    times = [first + INTERVAL * n for n in range((NOW - first) // INTERVAL + 1)]
    asked = questions(rule, texts, timedelta(hours=1))
    evidences = [gather(rule, ask(asked, at), at) for at in times]
    return judge(rule, evidences, None)[-1]


def test_every_word_has_a_scenario_of_each_kind() -> None:
    assert list(SCENARIOS) == list(CATALOGUE)
    assert all(one.good and one.bad and one.blind for one in SCENARIOS.values())


class TestOnThePracticeRange:
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        store = Store(retention=2 * DAY, most_bytes=2**28, most_series=10_000)
        for labels, samples in past().items():
            for time, value in samples:
                store.write(time, {labels: value})
        return Engine(store)

    @pytest.mark.parametrize(("word", "kind", "status"), CASES)
    def test_is_judged(self, word: str, kind: str, status: Status, engine: Engine) -> None:
        def ask(queries: Sequence[Query], at: datetime) -> list[Reading]:
            return [answer(engine, query, at) for query in queries]

        found = verdict(word, kind, ask)
        assert found.status is status, found.sentence


def answer(engine: Engine, query: Query, at: datetime) -> Reading:
    result = engine.instant(query.text, round((at - query.offset).timestamp() * 1000))
    assert isinstance(result, dict)
    assert len(result) <= 1, query.text
    if not result:
        return Reading(query.key, query.text, Outcome.EMPTY)
    return Reading(query.key, query.text, Outcome.OK, next(iter(result.values())), at)


class TestOnARealPrometheus:
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def source(cls) -> Iterator[PrometheusSource]:
        with real_prometheus(Setup(past=openmetrics(past()))) as real, prometheus(real.url) as one:
            yield one

    @pytest.mark.parametrize(("word", "kind", "status"), CASES)
    def test_is_judged(
        self, word: str, kind: str, status: Status, source: PrometheusSource
    ) -> None:
        found = verdict(word, kind, source.read)
        assert found.status is status, found.sentence
