"""What every driver promises, run against each of them.

A driver joins by a test class that inherits `DriverContract` and gives a `bench` fixture:

    class TestMine(DriverContract):
        @pytest.fixture(scope="class")
        @classmethod
        def bench(cls) -> Iterator[Bench]: ...
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.base import DRIVERS, Driver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

BASELINE, ALL = Decimal(0), Decimal(100)
WEIGHTS = st.decimals(0, 100, places=2)
NO_WEIGHTS = ["-0.01", "100.01", "12.345", "NaN", "Infinity", "-Infinity"]
# One contract runs for several drivers, and every example starts from whatever the last one left.
many = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.function_scoped_fixture],
)


class Bench(Protocol):
    """A driver on a plane of its own, and hands on that plane that are not the driver's."""

    @property
    def driver(self) -> Driver: ...

    def truth(self) -> Decimal:
        """GREEN's share by the plane's own account."""
        ...

    def move(self, weight: Decimal) -> None:
        """An outside hand moves it, to a weight every driver can do."""
        ...

    def writes(self) -> object:
        """Something that changes with a write, as far as the plane can tell."""
        ...

    def type_in(self, commands: Sequence[str]) -> list[str]:
        """Do what a person would with these lines; the answers."""
        ...

    def nobody(self) -> AbstractContextManager[Driver]:
        """A driver whose plane is not there."""
        ...

    def mute(self) -> AbstractContextManager[Driver]:
        """A driver whose plane takes connections and never answers."""
        ...

    def unheard(self) -> AbstractContextManager[Driver]:
        """A driver whose plane takes a write and never says so."""
        ...


class DriverContract:
    """Inherit, and give a `bench`."""

    @pytest.fixture(autouse=True)
    def _at_the_baseline(self, bench: Bench) -> None:
        bench.move(BASELINE)

    def test_is_registered_under_its_kind(self, bench: Bench) -> None:
        assert isinstance(bench.driver, Driver)
        assert DRIVERS.load(bench.driver.kind) is type(bench.driver)

    @many
    @given(weight=WEIGHTS)
    def test_reads_back_exactly_what_it_could_apply(self, bench: Bench, weight: Decimal) -> None:
        if bench.driver.cannot(weight) is None:
            bench.driver.apply(weight, bench.driver.observe().token)
            assert bench.driver.observe().weight == bench.truth() == weight

    @many
    @given(weight=WEIGHTS)
    def test_refuses_exactly_what_it_cannot(self, bench: Bench, weight: Decimal) -> None:
        bench.move(BASELINE)
        if why := bench.driver.cannot(weight):
            with pytest.raises(Permanent) as refusal:
                bench.driver.apply(weight, None)
            assert str(refusal.value) == why
            assert bench.truth() == BASELINE

    @pytest.mark.parametrize("weight", NO_WEIGHTS)
    def test_takes_no_number_that_is_no_weight(self, bench: Bench, weight: str) -> None:
        before = bench.writes()
        assert bench.driver.cannot(Decimal(weight))
        for verb in (bench.driver.preview, bench.driver.manual_commands):
            with pytest.raises(Permanent):
                verb(Decimal(weight))
        with pytest.raises(Permanent):
            bench.driver.apply(Decimal(weight), None)
        assert bench.writes() == before

    def test_can_always_do_all_and_nothing(self, bench: Bench) -> None:
        assert bench.driver.cannot(BASELINE) is None
        assert bench.driver.cannot(ALL) is None

    @many
    @given(first=WEIGHTS, weight=WEIGHTS)
    def test_is_absolute_and_idempotent(
        self, bench: Bench, first: Decimal, weight: Decimal
    ) -> None:
        possible = [w for w in (first, weight, weight) if bench.driver.cannot(w) is None]
        for one in possible:
            bench.driver.apply(one, None)
            assert bench.truth() == one

    def test_reads_the_plane_and_not_a_memory(self, bench: Bench) -> None:
        bench.driver.apply(BASELINE, None)
        bench.move(ALL)
        assert bench.driver.observe().weight == ALL

    def test_says_in_words_what_it_read(self, bench: Bench) -> None:
        bench.move(ALL)
        assert "100" in bench.driver.observe().detail

    def test_a_token_guards_against_an_old_decision(self, bench: Bench) -> None:
        old = bench.driver.observe().token
        if not bench.driver.capabilities.compare_and_set or old is None:
            assert old is None, "a token that guards nothing is a false promise"
            return
        bench.move(ALL)
        with pytest.raises(Conflict):
            bench.driver.apply(BASELINE, old)
        assert bench.truth() == ALL
        bench.driver.apply(BASELINE, bench.driver.observe().token)
        assert bench.truth() == BASELINE

    def test_no_token_always_writes(self, bench: Bench) -> None:
        """Rollback needs no permission from whoever moved it last."""
        bench.move(ALL)
        bench.driver.apply(BASELINE, None)
        assert bench.truth() == BASELINE

    def test_preview_and_check_and_commands_write_nothing(self, bench: Bench) -> None:
        before = bench.writes()
        assert bench.driver.preview(ALL)
        assert bench.driver.manual_commands(ALL)
        assert all(finding.sentence for finding in bench.driver.check())
        assert bench.writes() == before

    @pytest.mark.parametrize("way", [(BASELINE, ALL), (ALL, BASELINE)])
    def test_what_a_person_types_does_the_same(
        self, bench: Bench, way: tuple[Decimal, Decimal]
    ) -> None:
        start, end = way
        bench.move(start)
        commands = bench.driver.manual_commands(end)
        if commands[0].startswith("#"):
            assert len(commands) == 1, "a comment says why there is nothing to type"
            return
        answers = bench.type_in(commands)
        assert bench.truth() == end
        assert answers[-1].strip(), "the last line reads back"

    def test_a_plane_that_is_not_there(self, bench: Bench) -> None:
        with bench.nobody() as driver:
            with pytest.raises(Transient):
                driver.observe()
            with pytest.raises(Transient):
                driver.apply(BASELINE, None)
            assert not all(finding.ok for finding in driver.check())

    def test_a_plane_that_never_answers(self, bench: Bench) -> None:
        with bench.mute() as driver:
            with pytest.raises(Transient):
                driver.observe()
            with pytest.raises((Transient, UnknownOutcome)):
                driver.apply(BASELINE, None)
            assert not all(finding.ok for finding in driver.check())

    def test_an_unheard_write_is_unknown_and_not_failed(self, bench: Bench) -> None:
        with bench.unheard() as driver, pytest.raises(UnknownOutcome):
            driver.apply(ALL, None)

    def test_the_way_back_can_be_printed_when_nothing_answers(self, bench: Bench) -> None:
        with bench.nobody() as driver:
            assert driver.manual_commands(BASELINE)
            assert driver.preview(BASELINE)

    def test_many_threads_may_share_it(self, bench: Bench) -> None:
        def flip(number: int) -> Decimal | None:
            try:
                bench.driver.apply((BASELINE, ALL)[number % 2], None)
                return bench.driver.observe().weight
            except SeamError:  # somebody else's flip is no answer to mine
                return None

        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(flip, range(80)))
        assert any(weight is not None for weight in seen)
        bench.driver.apply(BASELINE, None)
        assert bench.driver.observe().weight == bench.truth() == BASELINE

    def test_closing_twice_is_closing(self, bench: Bench) -> None:
        with bench.nobody() as driver:
            driver.close()
            driver.close()
