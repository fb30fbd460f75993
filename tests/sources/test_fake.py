"""The fake source: a script in time, and every fault on demand."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.reading import Outcome, Point, Query
from migrations_app.sources.fake.script import FaultKind, FileBook, Script, Step
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from tests.sources.build import LONG, NOW, SHORT, read_one

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECOND = timedelta(seconds=1)
OUTCOMES = {
    FaultKind.HANG: Outcome.TIMEOUT,
    FaultKind.NAN: Outcome.NOT_FINITE,
    FaultKind.EMPTY: Outcome.EMPTY,
    FaultKind.MANY_SERIES: Outcome.MANY_SERIES,
    FaultKind.WARNINGS: Outcome.WARNINGS,
    FaultKind.ERROR: Outcome.ERROR,
    FaultKind.GARBAGE: Outcome.ERROR,
    FaultKind.INVALID: Outcome.ERROR,
    FaultKind.SLOW: Outcome.OK,
    FaultKind.STALE: Outcome.OK,
}
ELSEWHERE = """
import sys
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from migrations_app.sources.fake.script import FaultKind
source = FakeSource(FakeConfig(file=sys.argv[1]))
for number in range(20):
    source.set(sys.argv[2], float(number))
source.fail(FaultKind.NAN, "broken by " + sys.argv[2])
"""


@pytest.fixture
def source(request: pytest.FixtureRequest) -> Iterator[FakeSource]:
    """One that hangs shortly, with a script of its own."""
    config = FakeConfig(name=request.node.name, timeout=timedelta(seconds=SHORT))
    with closing(FakeSource(config)) as source:
        yield source


@pytest.mark.parametrize(("kind", "outcome"), OUTCOMES.items())
def test_every_fault_has_its_outcome_until_it_is_healed(
    kind: FaultKind, outcome: Outcome, source: FakeSource
) -> None:
    source.set("q", 1.5)
    source.fail(kind, "q")
    assert read_one(source, "q").outcome is outcome
    source.heal("q")
    assert (read_one(source, "q").outcome, read_one(source, "q").value) == (Outcome.OK, 1.5)


def test_there_is_a_test_for_every_fault() -> None:
    assert OUTCOMES.keys() == set(FaultKind)


def test_a_fault_of_one_query_is_no_other_query_s(source: FakeSource) -> None:
    source.set("good", 1)
    source.set("bad", 2)
    source.fail(FaultKind.NAN, "bad")
    good, bad = source.read([Query("a", "good"), Query("b", "bad")], NOW)
    assert (good.value, bad.value) == (1, None)


def test_a_fault_of_all_is_every_query_s(source: FakeSource) -> None:
    source.set("q", 1)
    source.fail(FaultKind.ERROR)
    assert read_one(source, "q").outcome is Outcome.ERROR
    assert not source.check()[0].ok
    source.heal()
    assert read_one(source, "q").outcome is Outcome.OK
    assert source.check()[0].ok


def test_a_stale_answer_is_right_but_old(source: FakeSource) -> None:
    source.set("q", 1)
    source.fail(FaultKind.STALE, "q", seconds=90)
    reading = read_one(source, "q")
    assert (reading.value, reading.sampled_at) == (1, NOW - timedelta(seconds=90))


def test_too_slow_is_a_timeout(source: FakeSource) -> None:
    source.set("q", 1)
    source.fail(FaultKind.SLOW, "q", seconds=LONG)
    assert read_one(source, "q").outcome is Outcome.TIMEOUT


def test_closing_wakes_who_waits() -> None:
    source = FakeSource(FakeConfig(name="closing", timeout=timedelta(minutes=5)))
    source.fail(FaultKind.HANG)
    begun = threading.Event()

    def read() -> Outcome:
        begun.set()
        return read_one(source, "q").outcome

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(read)
        assert begun.wait(LONG)
        source.close()
        assert waiting.result(LONG) is Outcome.TIMEOUT


@pytest.mark.parametrize("kind", [FaultKind.INVALID, FaultKind.MANY_SERIES])
def test_history_of_what_can_never_be_is_permanent(kind: FaultKind, source: FakeSource) -> None:
    source.fail(kind, "q")
    with pytest.raises(Permanent):
        source.history(Query("k", "q"), NOW, NOW, SECOND)


@pytest.mark.parametrize(
    "kind", [FaultKind.HANG, FaultKind.ERROR, FaultKind.GARBAGE, FaultKind.WARNINGS]
)
def test_history_of_a_sick_source_is_transient(kind: FaultKind, source: FakeSource) -> None:
    source.fail(kind, "q")
    with pytest.raises(Transient):
        source.history(Query("k", "q"), NOW, NOW, SECOND)


def test_history_has_holes_where_there_is_no_number(source: FakeSource) -> None:
    source.set("q", 1, since=NOW)
    points = source.history(Query("k", "q"), NOW - SECOND, NOW + SECOND, SECOND)
    assert points == [Point(NOW - SECOND, None), Point(NOW, 1), Point(NOW + SECOND, 1)]


STEPS = st.lists(st.tuples(st.integers(-50, 50), st.floats(-10, 10)), max_size=8)


@given(steps=STEPS, at=st.integers(-60, 60))
def test_a_script_is_the_step_written_last_of_those_begun(
    steps: list[tuple[int, float]], at: int
) -> None:
    moments = [(NOW + SECOND * since, value) for since, value in steps]
    script = Script(steps={"q": [Step(since=since, value=value) for since, value in moments]})
    begun = [value for since, value in steps if since <= at]
    assert script.value("q", NOW + SECOND * at) == (begun[-1] if begun else None)


def test_a_script_survives_its_file(tmp_path: Path) -> None:
    book = FileBook(tmp_path / "script.json")
    step = Step(value=0.1, since=NOW)
    book.change(lambda script: script.with_step("q", step))
    assert FileBook(tmp_path / "script.json").read() == Script(steps={"q": [step]})


def test_processes_share_a_file_and_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    here = FakeSource(FakeConfig(file=file))
    command = [sys.executable, "-c", ELSEWHERE, str(file)]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]
    assert [writer.wait(LONG) for writer in writers] == [0, 0, 0]
    texts = ["a", "b", "c", "broken by a", "broken by b", "broken by c"]
    readings = here.read([Query(text, text) for text in texts], NOW)
    assert [one.value for one in readings] == [19, 19, 19, None, None, None]
    assert {one.outcome for one in readings[3:]} == {Outcome.NOT_FINITE}


@pytest.mark.parametrize(
    "keys", [{"timeout": 0}, {"timeout": "0s"}, {"nonsense": 1}, {"name": 5}], ids=str
)
def test_its_configuration_is_checked(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FakeConfig.model_validate(keys)


def test_a_script_has_no_naive_times_and_no_nan() -> None:
    with pytest.raises(ValidationError):
        Step(value=1, since=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValidationError):
        Step(value=float("nan"))
