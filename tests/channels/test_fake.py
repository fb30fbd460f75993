"""The fake channel keeps the contract, in memory and in a file, and fails when told to."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from migrations_app.channels.fake.channel import FakeChannel, FakeConfig
from migrations_app.channels.fake.journal import Fault, FaultKind, FileJournal
from migrations_app.domain.errors import Permanent, Transient
from tests.channels.contract import LIVE, POST, SAMPLE, ChannelContract, Heard, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SECRET = "fake-token-that-opens-nothing"
FAULTS = {
    Trouble.BUSY: Fault(kind=FaultKind.TRANSIENT, retry_after=7),
    Trouble.REFUSED: Fault(kind=FaultKind.PERMANENT),
    Trouble.LOST: Fault(kind=FaultKind.LOST),
    Trouble.UNHEARD: Fault(kind=FaultKind.UNHEARD),
}


class FakeBench:
    secrets: Sequence[str] = (SECRET,)

    def __init__(self, name: str, file: Path | None) -> None:
        self._config = FakeConfig(name=name, file=file, token=SecretStr(SECRET))
        self._hand = self.open()

    def config(self) -> FakeConfig:
        return self._config

    def open(self) -> FakeChannel:
        return FakeChannel(self._config)

    def heard(self) -> list[Heard]:
        return [
            Heard(one.anchor, one.message.key, one.message.headline, one.message.anchor)
            for one in self._hand.messages
        ]

    def trouble(self, trouble: Trouble) -> None:
        self._hand.fail_next(FAULTS[trouble])

    trouble_for_a_new_message = trouble

    def delete(self, anchor: str) -> None:
        self._hand.delete(anchor)


class TestFakeChannel(ChannelContract):
    @pytest.fixture(params=["memory", "file"])
    def bench(self, request: pytest.FixtureRequest, tmp_path: Path) -> FakeBench:
        file = tmp_path / "journal.jsonl" if request.param == "file" else None
        return FakeBench(f"place-{tmp_path.name}-{request.param}", file)


@pytest.fixture
def channel(tmp_path: Path) -> FakeChannel:
    return FakeChannel(FakeConfig(name=f"place-{tmp_path}"))


def test_places_of_different_names_are_different(channel: FakeChannel) -> None:
    channel.deliver(POST)
    assert FakeChannel(FakeConfig(name="elsewhere")).messages == []


def test_replacements_are_counted_as_accepted(channel: FakeChannel) -> None:
    anchor = channel.deliver(LIVE).anchor
    channel.deliver(replace(LIVE, anchor=anchor))
    assert [one.anchor for one in channel.accepted] == [anchor, anchor]
    assert len(channel.messages) == 1


def test_faults_happen_once_each_and_in_order(channel: FakeChannel) -> None:
    channel.fail_next(FAULTS[Trouble.BUSY], FAULTS[Trouble.REFUSED], FAULTS[Trouble.BUSY])
    for expected in (Transient, Permanent, Transient):
        with pytest.raises(expected):
            channel.deliver(POST)
    assert channel.deliver(POST).anchor


def test_a_fault_for_finding_leaves_delivering_alone(channel: FakeChannel) -> None:
    channel.fail_next(
        Fault(kind=FaultKind.LOST, on="find"), Fault(kind=FaultKind.PERMANENT, on="find")
    )
    channel.deliver(POST)
    with pytest.raises(Transient):
        channel.find(POST.key)
    with pytest.raises(Permanent):
        channel.find(POST.key)
    assert channel.find(POST.key)


@pytest.mark.parametrize("kind", [FaultKind.SLOW, FaultKind.SLOW_RECEIPT])
def test_slow_ends_when_the_channel_is_closed(channel: FakeChannel, kind: FaultKind) -> None:
    channel.fail_next(Fault(kind=kind, seconds=600))
    worker = threading.Thread(target=channel.deliver, args=(POST,))
    worker.start()
    _until(lambda: channel.messages if kind is FaultKind.SLOW_RECEIPT else worker.is_alive())
    channel.close()
    worker.join(timeout=60)
    assert not worker.is_alive()
    assert [one.message for one in channel.messages] == [POST]


DELIVER_AND_WAIT = """
import sys
from pathlib import Path
from migrations_app.domain.message import Message, Style, Tone
from migrations_app.channels.fake.channel import FakeChannel, FakeConfig
channel = FakeChannel(FakeConfig(name="shared", file=Path(sys.argv[1])))
channel.deliver(Message("killed-1", Style.POST, Tone.ALARM, "Rolled back"))
"""


def test_a_delivery_outlives_the_killing_of_its_sender(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    channel = FakeChannel(FakeConfig(name="shared", file=file))
    channel.fail_next(Fault(kind=FaultKind.SLOW_RECEIPT, seconds=600))
    sender = subprocess.Popen([sys.executable, "-c", DELIVER_AND_WAIT, str(file)])
    _until(lambda: channel.messages)
    sender.send_signal(signal.SIGKILL)
    assert sender.wait(timeout=60) == -signal.SIGKILL
    assert channel.find("killed-1")
    channel.deliver(POST)
    assert [one.message.key for one in channel.accepted] == ["killed-1", POST.key]


def test_a_line_cut_short_spoils_nothing(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    channel = FakeChannel(FakeConfig(name="shared", file=file))
    channel.deliver(POST)
    with file.open("ab") as journal:
        journal.write(b'{"entry":"deliv')
    channel.deliver(replace(POST, key="post-2"))
    assert [one.message.key for one in channel.accepted] == [POST.key, "post-2"]


def test_a_journal_in_a_file_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with FileJournal(file).opened(), file.open("ab") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with file.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_sample_below_a_deleted_message_is_still_taken(channel: FakeChannel) -> None:
    anchor = channel.deliver(LIVE).anchor
    channel.delete(anchor)
    channel.deliver(replace(SAMPLE, anchor=anchor))
    assert [one.message.key for one in channel.messages] == [SAMPLE.key]


def _until(condition: Callable[[], object]) -> None:
    """Waits for something another thread or process does."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)
