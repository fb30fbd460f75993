"""What every source promises, run against each of them.

A source joins by a test class that inherits `PastContract` if it knows the past, else
`PresentContract`, and gives a `bench` fixture:

    class TestMine(PresentContract):
        @pytest.fixture(scope="class")
        @classmethod
        def bench(cls) -> Iterator[Bench]: ...
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, SeamError, Transient
from migrations_app.domain.reading import Outcome, Point, Query
from migrations_app.sources.base import SOURCES, Source
from tests.sources.build import LONG, SHORT, answers_again, read_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pydantic import BaseModel

STEP = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
ESSENTIAL = {Outcome.OK, Outcome.EMPTY, Outcome.MANY_SERIES, Outcome.NOT_FINITE, Outcome.ERROR}


class Bench(Protocol):
    """A place with measurements, and a hand on it that is not the source's."""

    secrets: Sequence[str]
    at: datetime  # a moment well within what is measured there
    answers: Mapping[Outcome, str]  # for each outcome it can bring about, a query that does
    never: Mapping[Outcome, str]  # outcomes that such a place can't bring about, and why
    moving: str  # a query whose value is another at every moment, or when somebody moves it
    refused: str  # a query that it refuses

    def moved(self, at: datetime) -> float:
        """What `moving` answers for `at`; without a past, what it answers now."""
        ...

    def config(self, timeout: float = LONG) -> BaseModel: ...

    def open(self, timeout: float = LONG) -> Source: ...

    def silent(self) -> AbstractContextManager[None]:
        """While it lasts, nobody there answers anything."""
        ...


class Moved(Bench, Protocol):
    """The bench of a source without a past."""

    def move(self) -> None:
        """`moving` answers something else from now on."""
        ...


class SourceContract:
    def test_is_a_source_found_by_its_kind(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            assert isinstance(source, Source)
            assert SOURCES.load(source.kind) is type(source)

    def test_its_configuration_is_closed(self, bench: Bench) -> None:
        keys = bench.config().model_dump() | {"nonsense": bench.secrets}
        with pytest.raises(ValidationError) as caught:
            type(bench.config()).model_validate(keys)
        assert not _leaks(bench, str(caught.value))

    def test_answers_no_question_with_no_reading(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            assert source.read([], bench.at) == []

    def test_answers_every_question_in_order(self, bench: Bench) -> None:
        texts = [*bench.answers.values(), *bench.answers.values()]
        queries = [Query(f"check {number}", text) for number, text in enumerate(texts)]
        with closing(bench.open()) as source:
            readings = source.read(queries, bench.at)
        assert [(one.key, one.query) for one in readings] == [(q.key, q.text) for q in queries]
        assert [one.outcome for one in readings] == [*bench.answers, *bench.answers]

    def test_a_value_is_finite_and_knows_its_age(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            reading = read_one(source, bench.answers[Outcome.OK], bench.at)
        assert isinstance(reading.value, float)
        assert reading.detail == ""
        assert reading.sampled_at is not None
        assert reading.sampled_at.utcoffset() == timedelta(0)
        if source.past:
            assert reading.sampled_at <= bench.at

    def test_no_data_has_no_value_and_says_why(self, bench: Bench) -> None:
        assert bench.answers.keys() | bench.never.keys() >= ESSENTIAL
        assert not bench.answers.keys() & bench.never.keys()
        with closing(bench.open()) as source:
            for outcome, text in bench.answers.items():
                reading = read_one(source, text, bench.at)
                assert reading.outcome is outcome
                assert (reading.value is None) == (outcome is not Outcome.OK)
                assert (reading.detail == "") == (outcome is Outcome.OK)
                assert reading.detail.isprintable()

    def test_history_of_a_refused_query_is_an_error(self, bench: Bench) -> None:
        query = Query("check", bench.refused)
        with closing(bench.open()) as source, pytest.raises(SeamError):
            source.history(query, bench.at - STEP, bench.at, STEP)

    def test_says_why_a_query_is_refused(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            assert source.invalid(Query("check", bench.refused))
            for outcome in ESSENTIAL - {Outcome.ERROR} - bench.never.keys():
                assert source.invalid(Query("check", bench.answers[outcome])) is None

    def test_a_healthy_place_is_found_well(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            findings = source.check()
        assert findings
        assert all(finding.ok and finding.what and finding.sentence for finding in findings)

    def test_silence_is_no_answer_within_the_timeout(self, bench: Bench) -> None:
        queries = [Query(str(number), bench.moving) for number in range(40)]
        with closing(bench.open(SHORT)) as source, bench.silent():
            readings = source.read(queries, bench.at)
            assert [one.outcome for one in readings] == [Outcome.TIMEOUT] * 40
            with pytest.raises(Transient):
                source.invalid(queries[0])
            if source.past:
                with pytest.raises(Transient):
                    source.history(queries[0], bench.at - STEP, bench.at, STEP)
            assert not all(finding.ok for finding in source.check())

    def test_reads_again_after_silence(self, bench: Bench) -> None:
        with closing(bench.open(SHORT)) as hasty, closing(bench.open()) as source:
            with bench.silent():
                hasty.read([Query(str(number), bench.moving) for number in range(40)], bench.at)
            assert read_one(source, bench.moving, bench.at).outcome is Outcome.OK
            assert answers_again(hasty, bench.moving, bench.at)

    def test_tells_nobody_its_secrets(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        config = bench.config()
        with closing(bench.open()) as source:
            told = [
                repr(config),
                str(config),
                repr(source),
                repr(vars(source)),
                str(source.check()),
            ]
            texts = (*bench.answers.values(), bench.refused)
            told += [str(read_one(source, text, bench.at)) for text in texts]
            told.append(str(source.invalid(Query("check", bench.refused))))
            with pytest.raises(SeamError) as caught:
                source.history(Query("check", bench.refused), bench.at, bench.at, STEP)
            told.append(repr(caught.value))
        assert not _leaks(bench, *told, caplog.text)

    def test_can_be_closed_twice(self, bench: Bench) -> None:
        source = bench.open()
        source.close()
        source.close()


class PastContract(SourceContract):
    """Of those who can tell what was."""

    def test_says_that_it_knows_the_past(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            assert source.past

    def test_a_value_is_of_the_moment_asked_for(self, bench: Bench) -> None:
        with closing(bench.open()) as source:
            for at in (bench.at, bench.at - MINUTE):
                assert read_one(source, bench.moving, at).value == bench.moved(at)

    def test_an_offset_asks_for_an_earlier_moment(self, bench: Bench) -> None:
        queries = [Query("now", bench.moving), Query("then", bench.moving, MINUTE)]
        with closing(bench.open()) as source:
            now, then = source.read(queries, bench.at)
        assert now.value == bench.moved(bench.at)
        assert then.value == bench.moved(bench.at - MINUTE)
        assert then.sampled_at is not None
        assert then.sampled_at <= bench.at - MINUTE

    @pytest.mark.parametrize("offset", [timedelta(0), MINUTE])
    def test_history_is_what_would_have_been_read(self, bench: Bench, offset: timedelta) -> None:
        times = [bench.at - STEP * back for back in reversed(range(7))]
        query = Query("check", bench.moving, offset)
        with closing(bench.open()) as source:
            points = source.history(query, times[0], times[-1], STEP)
        assert points == [Point(at, bench.moved(at - offset)) for at in times]

    def test_history_has_a_point_where_there_was_nothing(self, bench: Bench) -> None:
        query = Query("check", bench.answers[Outcome.EMPTY])
        with closing(bench.open()) as source:
            points = source.history(query, bench.at - 2 * STEP, bench.at + STEP / 2, STEP)
        times = [bench.at - 2 * STEP, bench.at - STEP, bench.at]
        assert points == [Point(at, None) for at in times]

    def test_threads_may_share_it(self, bench: Bench) -> None:
        times = [bench.at - timedelta(seconds=back) for back in range(32)]
        with closing(bench.open()) as source, ThreadPoolExecutor(8) as threads:
            readings = threads.map(lambda at: read_one(source, bench.moving, at), times)
            assert [one.value for one in readings] == [bench.moved(at) for at in times]


class PresentContract(SourceContract):
    """Of those who only know what is."""

    def test_says_that_it_knows_no_past(self, bench: Moved) -> None:
        with closing(bench.open()) as source:
            assert not source.past

    def test_what_it_read_is_of_the_moment_in_which_it_was_asked(self, bench: Moved) -> None:
        with closing(bench.open()) as source:
            reading = read_one(source, bench.moving, bench.at - MINUTE)
            again = read_one(source, bench.moving, bench.at - MINUTE)
        assert reading.sampled_at is not None
        assert again.sampled_at is not None
        assert bench.at - MINUTE < reading.sampled_at <= again.sampled_at

    def test_reads_the_place_and_not_a_memory(self, bench: Moved) -> None:
        with closing(bench.open()) as source:
            before = read_one(source, bench.moving, bench.at).value
            bench.move()
            after = read_one(source, bench.moving, bench.at).value
        assert before != after == bench.moved(bench.at)

    def test_an_offset_is_refused_and_never_answered_by_now(self, bench: Moved) -> None:
        query = Query("then", bench.moving, MINUTE)
        with closing(bench.open()) as source:
            [reading] = source.read([query], bench.at)
            assert source.invalid(query)
        assert reading.outcome is Outcome.ERROR
        assert reading.value is None

    def test_has_no_history(self, bench: Moved) -> None:
        query = Query("check", bench.moving)
        with closing(bench.open()) as source, pytest.raises(Permanent):
            source.history(query, bench.at - STEP, bench.at, STEP)

    def test_threads_may_share_it(self, bench: Moved) -> None:
        with closing(bench.open()) as source, ThreadPoolExecutor(8) as threads:
            asked = [bench.moving] * 32
            readings = threads.map(lambda text: read_one(source, text, bench.at), asked)
            assert {one.value for one in readings} == {bench.moved(bench.at)}


def _leaks(bench: Bench, *texts: str) -> list[str]:
    return [secret for secret in bench.secrets if any(secret in text for text in texts)]
