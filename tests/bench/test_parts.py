"""What a bench is made of tells the truth."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from bench.crowd import Heard, crowd
from bench.fanout_cell import Cell
from bench.fanout_report import ROWS, quantile, report
from bench.picture import MARK, Picture, mark
from bench.process import cpu_s, family, memory
from migrations_app.live.frames import regions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

T = TypeVar("T")
EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_quantiles_are_values_and_grow(values: list[float]) -> None:
    found = [quantile(values, share) for share in (0.0, 0.5, 0.95, 0.99, 1.0)]
    assert found == sorted(found)
    assert set(found) <= set(values)
    assert found[0] == min(values)
    assert found[-1] == max(values)


def test_nothing_has_no_quantile() -> None:
    assert math.isnan(quantile([], 0.5))


def test_everybody_is_sent_what_our_stream_sends() -> None:
    sent = regions({"banner": f"<b>{MARK}</b>\n<i>calm</i>", "gate": "open"}, "7-abc")
    picture = Picture.of(sent)
    assert picture.text == f"<b>{MARK}</b>\n<i>calm</i>\nopen"
    assert picture.said(mark(7)) == b"<b>bench-mark-000007</b>\n<i>calm</i>\nopen"
    frame = picture.frame(mark(7))
    assert frame.endswith(b"data: open\n\n")
    assert len(frame) == len(picture.frame(mark(123_456)))
    assert frame.count(b"\n\n") == 1


def _cell(peer: str, after: tuple[float, ...], missed: int = 0) -> Cell:
    heard = (Heard(after, published=0.001, missed=missed),)
    return Cell(peer, 2, heard, heard, 0.1, cpu=0.2, lasted=2.0, held=3e4, grown=1e6)


def test_a_report_tells_medians_and_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [_cell("starlette", (0.01, 0.02)), _cell("hub", (0.001, 0.005)),
             _cell("hub", (0.001, 0.010)), _cell("hub", (0.001, 0.900), missed=1)]  # fmt: skip
    report(cells)
    shown = capsys.readouterr().out
    (line,) = [one for one in shown.splitlines() if one.startswith("to a viewer max")]
    assert line.split()[4:] == ["20.0", "ms", "(1.00x)", "10.0", "ms", "(0.50x)"]
    assert all(row.name in shown for row in ROWS)


def test_what_a_process_costs_is_found_in_its_children_too() -> None:
    burn = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "  while True: pass\n"
        "print(1, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        pids = family(process.pid)
        try:
            assert len(pids) == 2
            while cpu_s(process.pid) < 0.2:
                os.sched_yield()
            assert memory(process.pid) > 1_000_000
        finally:
            for pid in pids:
                os.kill(pid, 9)


async def _serving(handler: Handler, work: Callable[[int], T]) -> T:
    """Serve while `work` goes on in a thread, and leave nothing open."""
    writers: list[asyncio.StreamWriter] = []

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await handler(reader, writer)

    server = await asyncio.start_server(kept, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    try:
        return await asyncio.to_thread(work, port)
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.1)  # transports say goodbye in the next rounds of the loop


def test_viewers_count_whole_events_only() -> None:
    """The first of them gets an event in pieces that tear its mark, the others in chunks."""
    writers: list[asyncio.StreamWriter] = []
    loop: asyncio.AbstractEventLoop

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writers.append(writer)
        writer.write(EVENTS)

    async def publish(name: str) -> None:
        frame = f"event: room\ndata: {name}\ndata: more\n\n".encode()
        for writer in writers[1:]:
            writer.write(b"%x\r\n%b\r\n" % (len(frame), frame))
        for at in range(len(frame)):
            writers[0].write(frame[at : at + 1])
            await writers[0].drain()
            await asyncio.sleep(0.005)

    def watch(port: int) -> tuple[Heard, Heard, int]:
        def tell(name: str) -> None:
            asyncio.run_coroutine_threadsafe(publish(name), loop).result()

        with crowd() as people:
            people.open(port, ["GET / HTTP/1.1\r\n\r\n"] * 5)
            every = people.hear(mark(1), tell)
            stalled = people.stall(0.4)
            return every, people.hear(mark(2), tell), stalled

    async def story() -> tuple[Heard, Heard, int]:
        nonlocal loop
        loop = asyncio.get_running_loop()
        return await _serving(handler, watch)

    every, some, stalled = asyncio.run(story())
    assert (len(every.after), every.missed) == (5, 0)
    assert 0 < every.first <= every.last
    assert stalled == 2
    assert (len(some.after), some.missed) == (3, 0)


def test_readers_come_at_their_rate_and_count_what_went_wrong() -> None:
    answers = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answers
        while request := await reader.readuntil(b"\r\n\r\n"):
            answers += 1
            if answers == 50:
                writer.close()
                return
            known = b"If-None-Match" in request
            head = b"304 Not Modified\r\n" if known else b"200 OK\r\ncontent-length: 4\r\n"
            writer.write(b"HTTP/1.1 " + head + b'etag: "1"\r\n\r\n' + (b"" if known else b"calm"))

    def load(port: int) -> str:
        told = ["--rate", "100", "--seconds", "2", "--readers", "8"]
        command = [sys.executable, "-m", "bench.load", str(port), "/", *told]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    said = json.loads(asyncio.run(_serving(handler, load)))
    assert sum(said["statuses"].values()) == 200
    assert said["statuses"]["lost"] == 1
    assert said["statuses"]["304"] > 50
    assert "unanswered" not in said["statuses"]
    assert 0 < said["took"]["p50"] <= said["took"]["max"]
