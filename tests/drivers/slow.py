"""The driver contract for planes that take a good part of a second to follow a write.

The same promises, asked for a few weights instead of sixty, and by fewer threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hypothesis import HealthCheck, example, given, settings

from migrations_app.domain.errors import SeamError
from tests.drivers.contract import ALL, BASELINE, WEIGHTS, Bench, DriverContract

few = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.function_scoped_fixture],
)


class SlowDriverContract(DriverContract):
    """Inherit, and give a `bench`."""

    @few
    @given(weight=WEIGHTS)
    @example(weight=Decimal("0.01"))
    @example(weight=Decimal("12.5"))
    @example(weight=Decimal("99.99"))
    def test_reads_back_exactly_what_it_could_apply(self, bench: Bench, weight: Decimal) -> None:
        if bench.driver.cannot(weight) is None:
            bench.driver.apply(weight, bench.driver.observe().token)
            assert bench.driver.observe().weight == bench.truth() == weight

    @few
    @given(first=WEIGHTS, weight=WEIGHTS)
    def test_is_absolute_and_idempotent(
        self, bench: Bench, first: Decimal, weight: Decimal
    ) -> None:
        for one in [w for w in (first, weight, weight) if bench.driver.cannot(w) is None]:
            bench.driver.apply(one, None)
            assert bench.truth() == one

    def test_many_threads_may_share_it(self, bench: Bench) -> None:
        def flip(number: int) -> Decimal | None:
            try:
                bench.driver.apply((BASELINE, ALL)[number % 2], None)
                return bench.driver.observe().weight
            except SeamError:  # somebody else's flip is no answer to mine
                return None

        with ThreadPoolExecutor(4) as pool:
            seen = list(pool.map(flip, range(8)))
        assert any(weight is not None for weight in seen)
        bench.driver.apply(BASELINE, None)
        assert bench.driver.observe().weight == bench.truth() == BASELINE
