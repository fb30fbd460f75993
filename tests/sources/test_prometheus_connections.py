"""Connections and threads: kept, bounded, replaced when dead, never shared between sources."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from migrations_app.domain.reading import Outcome, Query
from tests.sources.build import LONG, NOW, SHORT, answers_again, prometheus, read_one
from tests.sources.stub import Stub, running

FORK = """
import os, sys
from tests.sources.build import prometheus, read_one
with prometheus(sys.argv[1]) as source:
    assert read_one(source, "value 1").value == 1
    child = os.fork()
    if child == 0:
        os._exit(0 if read_one(source, "value 2").value == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert read_one(source, "value 3").value == 3
"""


def test_one_connection_serves_one_question_after_another(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        for number in range(20):
            assert read_one(source, f"value {number}").value == number
    assert stub.connections == 1


def test_there_are_never_more_connections_than_configured(stub: Stub) -> None:
    queries = [Query(str(number), f"value {number}") for number in range(60)]
    with prometheus(stub.url, concurrency=3) as source, ThreadPoolExecutor(4) as threads:
        for readings in threads.map(lambda _: source.read(queries, NOW), range(8)):
            assert [one.value for one in readings] == list(range(60))
    assert stub.connections <= 3


def test_a_connection_that_died_meanwhile_is_replaced(stub: Stub) -> None:
    with prometheus(stub.url, concurrency=1) as source:
        for number in range(10):
            assert read_one(source, f"once {number}").value == number
    assert len(stub.requests) == 10


def test_questions_are_asked_all_at_once(stub: Stub) -> None:
    """All forty arrive before the first is answered."""
    queries = [Query(str(number), f"value {number}") for number in range(40)]
    with prometheus(stub.url, concurrency=40) as source, ThreadPoolExecutor(1) as threads:
        with stub.silent():
            reading = threads.submit(source.read, queries, NOW)
            for _ in queries:
                stub.wait_for_a_request()
        assert {one.outcome for one in reading.result(LONG)} == {Outcome.OK}


def test_a_source_that_hangs_delays_no_other(stub: Stub) -> None:
    """However many questions hang there, and from however many threads."""
    queries = [Query(str(number), f"value {number}") for number in range(64)]
    with ExitStack() as stack:
        hanging = stack.enter_context(running())
        slow = stack.enter_context(prometheus(hanging.url))
        quick = stack.enter_context(prometheus(stub.url))
        threads = stack.enter_context(ThreadPoolExecutor(8))
        with hanging.silent():
            waiting = [threads.submit(slow.read, queries, NOW) for _ in range(8)]
            hanging.wait_for_a_request()
            for number in range(50):
                assert read_one(quick, f"value {number}").value == number
            assert not any(one.done() for one in waiting)
        for one in waiting:
            assert {reading.outcome for reading in one.result(LONG)} == {Outcome.OK}


def test_a_question_that_hangs_spoils_only_itself(stub: Stub) -> None:
    texts = ["value 1", "hang", "value 2", "drip", "drip-head", "value 3"]
    with prometheus(stub.url, timeout=3) as source:
        readings = source.read([Query(text, text) for text in texts], NOW)
    assert [one.value for one in readings] == [1, None, 2, None, None, 3]
    assert {one.outcome for one in readings if one.value is None} == {Outcome.TIMEOUT}


def test_threads_come_back_from_questions_that_never_end(stub: Stub) -> None:
    """Else a trickling server would take them all, one after the other."""
    with prometheus(stub.url, timeout=SHORT, concurrency=2) as hasty:
        for text in ("drip", "drip-head", "hang") * 2:
            hasty.read([Query(str(number), f"{text} {number}") for number in range(2)], NOW)
        assert answers_again(hasty, "value 7")


def test_nobody_answers_after_the_end(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        read_one(source, "value 1")
    reading = read_one(source, "value 1")
    assert (reading.outcome, reading.detail) == (Outcome.ERROR, "this source was closed")


def test_closing_ends_what_is_queued_but_not_what_is_under_way(stub: Stub) -> None:
    with prometheus(stub.url, 5 * LONG, concurrency=1) as source, ThreadPoolExecutor(1) as threads:
        with stub.silent():
            queries = [Query("under way", "value 1"), Query("in the queue", "value 2")]
            reading = threads.submit(source.read, queries, NOW)
            stub.wait_for_a_request()
            source.close()
        under_way, queued = reading.result(LONG)
    assert under_way.value == 1
    assert queued.detail == "this source was closed"


def test_works_on_both_sides_of_a_fork(stub: Stub) -> None:
    """As a Celery worker does, whose parent has already used the source."""
    script = [sys.executable, "-W", "ignore", "-c", FORK, stub.url]
    subprocess.run(script, check=True, timeout=LONG, env={**os.environ, "PYTHONPATH": "."})
