"""Plain builders for tests of the practice range's metrics server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.labels import NAME, Labels, labels_of
from migrations_app.practice.promql.matchers import Selector
from migrations_app.practice.promql.store import Store
from migrations_app.practice.promql.windows import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOW: Final = 1_700_000_000_000  # unix ms
EVERYTHING: Final = Selector(None, (), ())
FOREVER: Final = 2**60


def labels(name: str, **pairs: str) -> Labels:
    return labels_of({NAME: name, **pairs})


def store_with(series: Mapping[Labels, Sequence[tuple[int, float]]]) -> Store:
    """Times in ms after `NOW`."""
    store = Store()
    for key, samples in series.items():
        for time, value in samples:
            store.write(NOW + time, {key: value})
    return store


def engine_with(*values: float, step: int = 1_000, dialect: Dialect = Dialect.THREE) -> Engine:
    """One series `x`, sampled every `step` ms from `NOW` on."""
    samples = [(step * index, value) for index, value in enumerate(values)]
    return Engine(store_with({labels("x"): samples}), dialect)


def one(engine: Engine, query: str, after: int) -> float | None:
    """The only value of a vector `after` ms from `NOW`; None if it is empty."""
    result = engine.instant(query, NOW + after)
    assert isinstance(result, dict)
    assert len(result) <= 1
    return next(iter(result.values()), None)
