"""What a source remembers of a check from before the run, asked in bounded time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.conductor import seams
from migrations_app.domain.chart import Bucket, Plot, Window, plot
from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.plan.rules import rule_of, texts_of
from migrations_app.domain.quantity import Unit, spoken
from migrations_app.domain.verdict.evidence import questions
from migrations_app.models import Check
from migrations_app.models.clock import db_now
from migrations_app.reads.metrics import limits_of, unit_of
from migrations_app.reads.plans import plan_of
from migrations_app.sources.base import SOURCES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.reading import Point, Query
    from migrations_app.domain.verdict.rule import Rule

PATIENCE_S: Final = 8.0
POINTS: Final = 240


@dataclass(frozen=True, slots=True)
class History:
    """The check as it was in `window`, or the sentence that says why nobody can tell."""

    name: str
    title: str
    window: Window
    unit: Unit
    plot: Plot | None
    problem: str = ""

    @property
    def labels(self) -> list[tuple[float, str]]:
        """How far down each line of the grid lies, in percent, and what it stands for."""
        grid = self.plot.grid if self.plot else ()
        return [(one.share, spoken(one.value, self.unit)) for one in grid]


def history(run_id: int, name: str, span: timedelta) -> History:
    """GREEN and BLUE over the `span` before the run began, or up to now if it hasn't.

    Raises `Check.DoesNotExist`. A source that fails, or needs longer than `PATIENCE_S`, is a
    problem that the answer tells of.
    """
    row = Check.objects.select_related("run").get(run=run_id, name=name)
    bound = plan_of(row.run)
    spec = bound.check(name)
    rule = rule_of(spec, bound.plan, bound)
    end = row.run.started_at or db_now()
    window = Window(end - span, end)
    step = span / POINTS
    drawn, problem = None, ""
    try:
        found = _asked(bound, name, rule, window, step)
        captured = (row.baseline or {}).get("value")
        drawn = plot(found, window, limits_of(rule, captured), step * 1.5)
    except Late:
        problem = f"{spec.source} did not answer within {PATIENCE_S:.0f} s."
    except (ConfigError, SeamError, ValueError) as error:
        problem = str(error)
    return History(name, spec.title or name, window, unit_of(rule), drawn, problem)


def _asked(
    bound: BoundPlan, name: str, rule: Rule, window: Window, step: timedelta
) -> list[Bucket]:
    """The source may hang: it is asked from a thread of its own, and left behind when late."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="history")
    try:
        return pool.submit(_read, bound, name, rule, window, step).result(PATIENCE_S)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read(bound: BoundPlan, name: str, rule: Rule, window: Window, step: timedelta) -> list[Bucket]:
    spec = bound.check(name)
    binding = bound.sources[spec.source]
    queries = {one.key: one for one in questions(rule, texts_of(spec), window.span)}
    where = f"sources.{spec.source}"
    with closing(seams.build(SOURCES, binding.kind, binding.config, where)) as source:

        def points(query: Query | None) -> Sequence[Point]:
            return source.history(query, window.start, window.end, step) if query else ()

        green = points(queries[f"{name}:value"])
        blue = points(queries.get(f"{name}:blue"))
    return _joined(green, blue)


def _joined(green: Sequence[Point], blue: Sequence[Point]) -> list[Bucket]:
    beside = {point.at: point.value for point in blue}
    return [_bucket(point, beside.get(point.at)) for point in green]


def _bucket(point: Point, blue: float | None) -> Bucket:
    return Bucket(
        first=point.at, last=point.at, low=point.value, high=point.value, blue_low=blue,
        blue_high=blue, reference=blue, gap=point.value is None, failed=False, no_data=False,
    )  # fmt: skip
