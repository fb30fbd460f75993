"""What a real Prometheus scraped, with a series that ends, a target that dies, a counter reset.

Its very samples are put into our store, with the marks that it does not show, and asked about.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from migrations_app.practice.promql.chunk import STALE
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.labels import NAME, Labels, labels_of, value_of
from migrations_app.practice.promql.scrape import Scraper, Target
from migrations_app.practice.promql.store import Store
from migrations_app.practice.promql.windows import Dialect
from tests.practice.promql.agreement import differences_at
from tests.practice.promql.build import EVERYTHING
from tests.practice.promql.exporter import PATIENCE, Exporter, exporting
from tests.real_prometheus import NEEDED, RealPrometheus, Setup, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.practice.promql.past import Past

pytestmark = [*NEEDED, pytest.mark.slow]

# What a server says of a scrape, rather than the target of itself.
OWN = {
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
}
HISTOGRAM = """\
# TYPE seconds histogram
seconds_bucket{{le="0.1"}} {low}
seconds_bucket{{le="1.0"}} {most}
seconds_bucket{{le="+Inf"}} {all}
seconds_sum {sum}
seconds_count {all}
"""
QUERIES = [
    "up",
    "sum(up)",
    "up == 0",
    "timestamp(up)",
    "avg_over_time(up[2s])",
    "requests_total",
    "rate(requests_total[1s])",
    "increase(requests_total[3s])",
    "resets(requests_total[5s])",
    "fleeting",
    "absent(fleeting)",
    "count_over_time(fleeting[3s])",
    "rate(fleeting[3s])",
    "mortal_total",
    "sum(mortal_total) or vector(-1)",
    "absent(mortal_total)",
    "rate(mortal_total[2s])",
    "max(timestamp(mortal_total))",
    "mortal_total offset 1s",
    "histogram_quantile(0.9, rate(seconds_bucket[3s]))",
    '{__name__=~"requests_total|fleeting|mortal_total"}',
    'odd_total{path="C:\\\\dir",quote="say \\"hi\\"",line="a\\nb"}',
    'odd_total{exported_job="mine"}',
    "sum by (exported_job, job) (odd_total)",
    "special",
    "special == special",
]


def living(request: int) -> str:
    """A counter that restarts, a series that comes and goes, odd labels and values."""
    count = request if request < 14 else request - 14
    lines = [
        "# HELP requests_total Lines that start with a hash say nothing.",
        "# TYPE requests_total counter",
        f"requests_total {count * 3}",
        'odd_total{path="C:\\\\dir",quote="say \\"hi\\"",line="a\\nb",job="mine",} 1e3',
        'special{kind="nan"} NaN',
        'special{kind="inf"} +Inf',
        f'special{{kind="empty",nothing=""}} -{request}.5',
        HISTOGRAM.format(low=request, most=request * 2, all=request * 2 + 1, sum=request * 0.7),
    ]
    if not 8 <= request < 16:
        lines.append(f"fleeting {request}")
    return "\n".join(lines) + "\n"


def dying(request: int) -> str | None:
    return f'mortal_total{{n="1"}} {request}\n' if request < 10 else None


@dataclass(frozen=True)
class Scraped:
    real: RealPrometheus
    engine: Engine
    living: Exporter
    moments: list[int]


@pytest.fixture(scope="module")
def scraped() -> Iterator[Scraped]:
    with (
        exporting(living) as alive,
        exporting(dying) as mortal,
        prometheus(
            Setup({"alive": alive.address, "mortal": mortal.address}, interval="200ms")
        ) as real,
    ):
        alive.wait_for(30)
        mortal.wait_for(25)
        samples = raw(real)
        dialect = Dialect.THREE if real.major >= 3 else Dialect.TWO
        engine = Engine(store_of(samples), dialect)
        yield Scraped(real, engine, alive, moments(samples))


def raw(real: RealPrometheus) -> Past:
    data = cast("dict[str, object]", real.ask("query", query='{job=~".+"}[5m]')["data"])
    series = cast("list[dict[str, object]]", data["result"])
    return {
        labels_of(cast("dict[str, str]", one["metric"])): [
            (round(time * 1000), float(value))
            for time, value in cast("list[tuple[float, str]]", one["values"])
        ]
        for one in series
    }


def store_of(samples: Past) -> Store:
    """With the marks of staleness: a raw range does not show them, but where they are follows."""
    store = Store()
    for labels, found in samples.items():
        for time, value in sorted([*found, *ends(labels, samples)]):
            store.write(time, {labels: value})
    return store


def ends(labels: Labels, samples: Past) -> list[tuple[int, float]]:
    """A series ends at the first scrape of its target that has it no more."""
    if value_of(labels, NAME) in OWN:
        return []
    target = {name: value_of(labels, name) for name in ("job", "instance")}
    scrapes = [time for time, _ in samples[labels_of({NAME: "up", **target})]]
    present = {time for time, _ in samples[labels]}
    return [(b, STALE) for a, b in pairwise(scrapes) if a in present and b not in present]


def moments(samples: Past) -> list[int]:
    """At every scrape and just before it, as far as all targets have been scraped."""
    scrapes = [
        [time for time, _ in found]
        for labels, found in samples.items()
        if value_of(labels, NAME) == "up"
    ]
    last = min(times[-1] for times in scrapes)
    return [time - early for times in scrapes for time in times if time <= last for early in (0, 1)]


@pytest.mark.parametrize("query", QUERIES)
def test_agrees_at_every_scrape(query: str, scraped: Scraped) -> None:
    for moment in scraped.moments:
        assert not differences_at(moment, query, scraped.engine, scraped.real), moment


def test_what_should_have_happened_has_happened(scraped: Scraped) -> None:
    """Else all the above agrees on nothing."""
    values = {
        query: [scraped.engine.instant(query, moment) for moment in scraped.moments]
        for query in ("fleeting", "absent(mortal_total)", "up == 0", "resets(requests_total[5s])")
    }
    assert all({} in found and any(found) for found in values.values())


def test_our_own_scrape_finds_the_same_series(scraped: Scraped) -> None:
    store = Store()

    async def scrape() -> None:
        async with httpx.AsyncClient() as client:
            await Scraper(Target("alive", scraped.living.url), store, client).once(PATIENCE)

    asyncio.run(scrape())
    ours = store.labels([EVERYTHING], 0, 2**60)
    form = {"match[]": '{job="alive"}'}
    data = cast("list[dict[str, str]]", scraped.real.ask("series", **form)["data"])
    theirs = {labels_of(one) for one in data}
    assert {one for one in ours if value_of(one, NAME) not in OWN} == {
        one for one in theirs if value_of(one, NAME) not in OWN
    }
    assert {value_of(one, NAME) for one in ours if value_of(one, NAME) in OWN} >= {"up"}
