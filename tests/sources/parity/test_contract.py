"""The contract of sources, as far as it holds for one that is looked up."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Transient
from migrations_app.domain.parity.progress import Progress
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.sources.parity.source import ParitySource
from migrations_app.sources.parity.visit import visit
from tests.faults.road import Road, road
from tests.sources.build import LONG, SHORT, read_one
from tests.sources.contract import PresentContract
from tests.sources.parity.hands import SECRET, config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrations_app.sources.parity.config import ParityConfig
    from tests.sources.parity.hands import PostgresHand

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
COMPARED = AT - timedelta(minutes=5)


class ParityBench:
    """Two real databases behind roads that can be cut, and a record of what was found."""

    secrets = (SECRET,)
    at = AT
    answers: Mapping[Outcome, str] = {
        Outcome.OK: "checksum(orders)",
        Outcome.EMPTY: "rows(items)",
        Outcome.ERROR: "checksum(nowhere)",
    }
    never: Mapping[Outcome, str] = {
        Outcome.MANY_SERIES: "a table is compared once per pass",
        Outcome.NOT_FINITE: "counted things are finite",
    }
    moving = "checksum(orders)"
    refused = "checksum(nowhere)"

    def __init__(self, blue: PostgresHand, green: PostgresHand, roads: tuple[Road, Road]) -> None:
        self._hands, self._roads = (blue, green), roads
        self.differing = 0

    def moved(self, at: datetime) -> float:  # noqa: ARG002 (the contract's)
        return float(self.differing)

    def move(self) -> None:
        self.differing += 1

    def config(self, timeout: float = LONG) -> ParityConfig:
        made = config(*self._hands, "orders", "items", timeout=min(timeout, 20))
        ports = [int(one.address.rpartition(":")[2]) for one in self._roads]
        blue, green = (
            side.model_copy(update={"port": port})
            for side, port in zip((made.blue, made.green), ports, strict=True)
        )
        return made.model_copy(update={"blue": blue, "green": green})

    def open(self, timeout: float = LONG) -> ParitySource:
        return ParitySource(self.config(timeout), self._found)

    def _found(self, query: Query, at: datetime) -> Reading | None:  # noqa: ARG002 (a lookup)
        if "items" in query.text:
            return None
        return Reading(query.key, query.text, Outcome.OK, float(self.differing), COMPARED)

    @contextmanager
    def silent(self) -> Iterator[None]:
        for one in self._roads:
            one.there = one.back = False
        try:
            yield
        finally:
            for one in self._roads:
                one.there = one.back = True


class TestParityBetweenTwoPostgres(PresentContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, postgres: tuple[PostgresHand, PostgresHand]) -> Iterator[ParityBench]:
        for hand in postgres:
            for table in ("orders", "items"):
                hand.do(f"DROP TABLE IF EXISTS {table}")
                hand.do(f"CREATE TABLE {table} (id int PRIMARY KEY)")
        address = f"tcp://{postgres[0].host}:{postgres[0].port}"
        with road(address) as blue, road(address) as green:
            yield ParityBench(*postgres, (blue, green))

    def test_silence_is_no_answer_within_the_timeout(self, bench: ParityBench) -> None:  # type: ignore[override]
        """Silent databases don't unsay what was found before: it grows old. Whoever asks them
        gives up in time."""
        source = bench.open(SHORT)
        with visit(bench.config(SHORT)) as open_, bench.silent():
            with pytest.raises(Transient, match="does not answer"):
                open_.step("orders", Progress(chunk=100))
            assert read_one(source, bench.moving, bench.at).sampled_at == COMPARED
            assert not all(finding.ok for finding in source.check())

    def test_a_record_that_can_not_be_read_is_no_answer(self, bench: ParityBench) -> None:
        def hangs(query: Query, at: datetime) -> Reading | None:
            raise Transient("our own database does not answer")

        reading = read_one(bench.open().asking(hangs), bench.moving, bench.at)
        assert (reading.outcome, reading.value) == (Outcome.TIMEOUT, None)

    def test_what_it_read_is_of_the_moment_in_which_it_was_asked(self, bench: ParityBench) -> None:  # type: ignore[override]
        """It is of the moment in which the comparison began, and says so."""
        assert read_one(bench.open(), bench.moving, bench.at).sampled_at == COMPARED

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("orders", "is no question of parity"),
            ("sum(orders)", "should be sum(orders.COLUMN)"),
            ("checksum(orders.id)", "should be checksum(orders)"),
            ("sum(orders.total)", "total is not among the sums of orders"),
            ("rows(order)", 'Did you mean "orders"?'),
        ],
    )
    def test_a_question_without_an_answer_is_refused(
        self, bench: ParityBench, text: str, why: str
    ) -> None:
        assert why in str(bench.open().invalid(Query("check", text)))


def test_a_doctor_sees_what_is_wrong(postgres: tuple[PostgresHand, PostgresHand]) -> None:
    for hand in postgres:
        hand.do("DROP TABLE IF EXISTS orders; CREATE TABLE orders (id int PRIMARY KEY)")
    brake = {"on": "blue", "query": "SELECT 9", "above": 5}
    source = ParitySource(config(*postgres, "orders", "nowhere", brakes=[brake]))
    told = {one.what: (one.ok, one.sentence) for one in source.check()}
    assert told["orders"][0]
    assert "no table nowhere" in told["nowhere"][1]
    assert told["brakes"] == (False, "waits for BLUE: its brake is at 9, above 5")
    assert SECRET not in str(told)


def test_who_is_not_let_in_is_told_without_a_secret(
    postgres: tuple[PostgresHand, PostgresHand],
) -> None:
    stranger = {**postgres[0].binding(), "password": "OPEN-SESAME-WRONG"}
    made = config(*postgres)
    blue = type(made.blue).model_validate(stranger)
    (finding,) = ParitySource(made.model_copy(update={"blue": blue})).check()
    assert not finding.ok
    assert "OPEN-SESAME" not in finding.sentence


def test_rows_that_cross_a_network_unprotected_are_told_of(
    postgres: tuple[PostgresHand, PostgresHand],
) -> None:
    made = config(*postgres)
    blue = made.blue.model_copy(update={"host": "db.invalid"})
    findings = ParitySource(made.model_copy(update={"blue": blue})).check()
    assert "cross the network unprotected" in findings[0].sentence
