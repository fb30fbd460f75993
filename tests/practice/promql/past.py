"""A past with everything in it that is hard: jitter, resets, gaps, births, deaths, NaN.

The same samples, with the same timestamps, for our store and for a real Prometheus.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from migrations_app.practice.promql.labels import NAME, Labels, labels_of
from migrations_app.practice.promql.render import number
from migrations_app.practice.promql.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGIN: Final = 1_700_000_000_000  # unix ms
END: Final = BEGIN + 900_000
STEP: Final = 5_000
BOUNDS: Final = ("0.05", "0.1", "0.25", "0.5", "1.0", "+Inf")

Sample = tuple[int, float]
Past = dict[Labels, list[Sample]]


def past() -> Past:
    chance = random.Random(42)  # noqa: S311 - samples, not secrets
    return dict(_series(chance))


def store_of(past: Past) -> Store:
    store = Store()
    for labels, samples in past.items():
        for time, value in samples:
            store.write(time, {labels: value})
    return store


def openmetrics(past: Past) -> str:
    """What `promtool` reads. Types don't matter to PromQL, so there are none."""
    lines = [
        f"{_spelled(labels)} {number(value)} {time / 1000:.3f}"
        for labels, samples in past.items()
        for time, value in samples
    ]
    return "\n".join([*lines, "# EOF\n"])


def _spelled(labels: Labels) -> str:
    pairs = dict(labels)
    name = pairs.pop(NAME)
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in pairs.items()) + "}"


def _named(name: str, **labels: str) -> Labels:
    return labels_of({NAME: name, **labels})


def _series(chance: random.Random) -> Iterator[tuple[Labels, list[Sample]]]:
    for track in ("blue", "green"):
        for code in ("200", "404", "500"):
            labels = _named("http_requests_total", track=track, code=code, job="shop")
            yield labels, _counter(chance, _times(chance, BEGIN, END))
        yield from _histogram(chance, track)
        yield _named("cdc_lag_seconds", track=track), _gauge(chance, _times(chance, BEGIN, END))
    yield from _hard(chance)


def _hard(chance: random.Random) -> Iterator[tuple[Labels, list[Sample]]]:
    whole, half = _times(chance, BEGIN, END), _times(chance, BEGIN, END - 400_000)
    exact = list(range(BEGIN, END, STEP))
    yield _named("exact_total", edge="exact"), _counter(chance, exact)
    yield _named("restarts_total", when="often"), _saw(chance, whole)
    yield _named("gap_total", kind="hole"), _counter(chance, _hole(whole))
    yield _named("late_total", kind="born"), _counter(chance, _times(chance, BEGIN + 500_000, END))
    yield _named("gone_total", kind="dead"), _counter(chance, half)
    yield _named("gone", kind="dead"), _gauge(chance, half)
    yield _named("lonely_total", kind="one"), [(BEGIN + 300_123, 7.0)]
    yield _named("constant", kind="flat"), [(time, 42.0) for time in whole]
    yield _named("huge_total", kind="huge"), [(t, 1e15 + i * 3e9) for i, t in enumerate(whole)]
    yield _named("tiny", kind="tiny"), [(t, 1e-12 * i) for i, t in enumerate(whole)]
    yield _named("odd", kind="nan"), _odd(whole)
    yield _named("below", kind="negative"), [(t, v - 5) for t, v in _gauge(chance, whole)]
    for shard in ("a", "b", "c"):
        yield _named("load", shard=shard, zone="x"), _gauge(chance, whole)
        yield _named("limit", shard=shard), _gauge(chance, whole)


def _times(chance: random.Random, start: int, end: int) -> list[int]:
    return [time + chance.randint(-40, 40) for time in range(start + 50, end, STEP)]


def _hole(times: list[int]) -> list[int]:
    return [time for time in times if not BEGIN + 200_000 < time < BEGIN + 290_000]


def _counter(chance: random.Random, times: list[int]) -> list[Sample]:
    """Starts anywhere, and once from zero again."""
    reset = chance.choice(times)
    return _grown(times, lambda time, last: 0.0 if time == reset else last + chance.randint(0, 30))


def _saw(chance: random.Random, times: list[int]) -> list[Sample]:
    return _grown(times, lambda _, last: 1.0 if chance.random() < 0.15 else last + chance.random())


def _grown(times: list[int], grow: Callable[[int, float], float]) -> list[Sample]:
    samples, last = [], 3.0
    for time in times:
        last = grow(time, last)
        samples.append((time, last))
    return samples


def _gauge(chance: random.Random, times: list[int]) -> list[Sample]:
    return [(time, round(chance.gauss(5, 4), 6)) for time in times]


def _odd(times: list[int]) -> list[Sample]:
    odd = {3: float("nan"), 7: float("inf"), 11: float("-inf"), 12: float("nan")}
    return [(time, odd.get(index % 20, float(index))) for index, time in enumerate(times)]


def _histogram(chance: random.Random, track: str) -> Iterator[tuple[Labels, list[Sample]]]:
    times = _times(chance, BEGIN, END)
    counts: dict[str, list[Sample]] = {bound: [] for bound in BOUNDS}
    total = dict.fromkeys(BOUNDS, 0.0)
    for time in times:
        for _ in range(chance.randint(0, 12)):
            seconds = chance.expovariate(4)
            for bound in BOUNDS:
                total[bound] += seconds <= float(bound)
        for bound in BOUNDS:
            counts[bound].append((time, total[bound]))
    for bound, samples in counts.items():
        yield _named("request_seconds_bucket", track=track, le=bound), samples
