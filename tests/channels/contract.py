"""What every channel promises, run against each of them.

A channel joins by a test class that inherits `ChannelContract` and gives a `bench` fixture:

    class TestMine(ChannelContract):
        @pytest.fixture
        def bench(self) -> Iterator[Bench]: ...
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import pytest

from migrations_app.channels.base import CHANNELS, Channel
from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.domain.message import Message, Style, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

POST = Message("post-1", Style.POST, Tone.NOTICE, "Phase 4 of 6: 25 % on GREEN")
LIVE = Message("live-1", Style.LIVE, Tone.CALM, "MIG-42 is at 25 %")
SAMPLE = Message("sample-1", Style.SAMPLE, Tone.CALM, "5xx 0.08 %, p95 212 ms")


class Trouble(StrEnum):
    """What goes wrong with the next delivery."""

    BUSY = "busy"  # not delivered, come back in 7 s
    REFUSED = "refused"  # not delivered, and never will be
    LOST = "lost"  # no answer, not delivered
    UNHEARD = "unheard"  # no answer, delivered


@dataclass(frozen=True)
class Heard:
    """One message as it can be read at the place now. `thread` is its parent's anchor."""

    anchor: str
    key: str
    text: str
    thread: str | None = None


class Bench(Protocol):
    """The place behind a channel, and a hand on what goes wrong there."""

    secrets: Sequence[str]

    def config(self) -> BaseModel: ...

    def open(self) -> Channel:
        """Another channel to the same place, as another process would have it."""
        ...

    def heard(self) -> list[Heard]: ...

    def trouble(self, trouble: Trouble) -> None: ...

    def trouble_for_a_new_message(self, trouble: Trouble) -> None:
        """The same, but not for a replacement that fails before."""
        ...

    def delete(self, anchor: str) -> None: ...


class ChannelContract:
    def test_is_a_channel_found_by_its_kind(self, bench: Bench) -> None:
        channel = bench.open()
        assert isinstance(channel, Channel)
        assert CHANNELS.load(channel.kind) is type(channel)
        assert channel.min_interval >= 0

    def test_a_message_is_heard_once_and_found_by_its_key(self, bench: Bench) -> None:
        channel = bench.open()
        receipt = channel.deliver(POST)
        (heard,) = bench.heard()
        assert (heard.key, heard.anchor) == (POST.key, receipt.anchor)
        assert POST.headline in heard.text
        found = channel.find(POST.key)
        assert found is not None
        assert found.anchor == receipt.anchor

    def test_what_was_never_delivered_is_not_found(self, bench: Bench) -> None:
        channel = bench.open()
        assert channel.find("nobody-sent-this") is None
        channel.deliver(POST)
        assert channel.find("nobody-sent-this") is None

    def test_busy_means_later(self, bench: Bench) -> None:
        channel = bench.open()
        bench.trouble(Trouble.BUSY)
        with pytest.raises(Transient) as busy:
            channel.deliver(POST)
        assert busy.value.retry_after == 7
        assert bench.heard() == []
        channel.deliver(POST)
        assert [one.key for one in bench.heard()] == [POST.key]

    def test_refused_means_a_person_has_to_act(self, bench: Bench) -> None:
        channel = bench.open()
        bench.trouble(Trouble.REFUSED)
        with pytest.raises(Permanent) as refused:
            channel.deliver(POST)
        assert str(refused.value).endswith(".")
        assert bench.heard() == []

    def test_unknown_and_not_there_is_not_found_and_can_be_sent_again(self, bench: Bench) -> None:
        channel = bench.open()
        bench.trouble(Trouble.LOST)
        with pytest.raises(UnknownOutcome):
            channel.deliver(POST)
        assert channel.find(POST.key) is None
        channel.deliver(POST)
        assert [one.key for one in bench.heard()] == [POST.key]

    def test_unknown_but_there_is_found(self, bench: Bench) -> None:
        bench.trouble(Trouble.UNHEARD)
        with pytest.raises(UnknownOutcome):
            bench.open().deliver(POST)
        found = bench.open().find(POST.key)
        (heard,) = bench.heard()
        assert found is not None
        assert found.anchor == heard.anchor

    def test_the_live_message_is_replaced_in_place(self, bench: Bench) -> None:
        channel = bench.open()
        first = channel.deliver(LIVE)
        second = channel.deliver(_live("MIG-42 is at 50 %", first.anchor))
        (heard,) = bench.heard()
        assert second.anchor == first.anchor == heard.anchor
        assert "50 %" in heard.text
        assert "25 %" not in heard.text

    @pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.UNHEARD])
    def test_replacing_is_repeatable_so_it_is_never_unknown(
        self, bench: Bench, trouble: Trouble
    ) -> None:
        channel = bench.open()
        anchor = channel.deliver(LIVE).anchor
        bench.trouble(trouble)
        with pytest.raises(Transient):
            channel.deliver(_live("MIG-42 is at 50 %", anchor))
        channel.deliver(_live("MIG-42 is at 50 %", anchor))
        (heard,) = bench.heard()
        assert (heard.anchor, "50 %" in heard.text) == (anchor, True)

    def test_a_deleted_live_message_comes_back(self, bench: Bench) -> None:
        channel = bench.open()
        first = channel.deliver(LIVE).anchor
        bench.delete(first)
        second = channel.deliver(_live("MIG-42 is at 50 %", first)).anchor
        (heard,) = bench.heard()
        assert second == heard.anchor != first
        found = channel.find(LIVE.key)
        assert found is not None
        assert found.anchor == second

    def test_there_is_one_live_message_even_after_an_unknown_outcome(self, bench: Bench) -> None:
        bench.trouble(Trouble.UNHEARD)
        with pytest.raises(UnknownOutcome):
            bench.open().deliver(LIVE)
        channel = bench.open()
        found = channel.find(LIVE.key)
        assert found is not None
        channel.deliver(_live("MIG-42 is at 50 %", found.anchor))
        (heard,) = bench.heard()
        assert (heard.anchor, "50 %" in heard.text) == (found.anchor, True)

    def test_a_live_message_that_comes_back_unheard_does_not_come_back_twice(
        self, bench: Bench
    ) -> None:
        first = bench.open().deliver(LIVE).anchor
        bench.delete(first)
        bench.trouble_for_a_new_message(Trouble.UNHEARD)
        with pytest.raises(SeamError):
            bench.open().deliver(_live("MIG-42 is at 50 %", first))
        again = bench.open().deliver(_live("MIG-42 is at 75 %", first)).anchor
        (heard,) = bench.heard()
        assert (heard.anchor, "75 %" in heard.text) == (again, True)

    def test_samples_go_below_the_live_message(self, bench: Bench) -> None:
        channel = bench.open()
        live = channel.deliver(LIVE).anchor
        receipt = channel.deliver(replace(SAMPLE, anchor=live))
        _, sample = bench.heard()
        assert (sample.thread, sample.anchor) == (live, receipt.anchor)
        found = bench.open().find(SAMPLE.key)
        assert found is not None
        assert found.anchor == receipt.anchor

    def test_a_sample_waits_for_the_live_message(self, bench: Bench) -> None:
        with pytest.raises(Transient):
            bench.open().deliver(SAMPLE)
        assert bench.heard() == []

    def test_anchors_mean_the_same_to_everyone(self, bench: Bench) -> None:
        anchor = bench.open().deliver(LIVE).anchor
        other = bench.open()
        found = other.find(LIVE.key)
        assert found is not None
        assert found.anchor == anchor
        assert other.deliver(_live("MIG-42 is at 50 %", anchor)).anchor == anchor

    @pytest.mark.parametrize("trouble", list(Trouble))
    def test_secrets_stay_inside(self, bench: Bench, trouble: Trouble) -> None:
        channel = bench.open()
        bench.trouble(trouble)
        with pytest.raises(SeamError) as caught:
            channel.deliver(POST)
        config = bench.config()
        told = [repr(channel), str(channel), repr(config), config.model_dump_json()]
        told += [repr(error) + repr(vars(error)) for error in _chain(caught.value)]
        assert bench.secrets
        assert not [secret for secret in bench.secrets if secret in " ".join(told)]

    @pytest.mark.parametrize("trouble", list(Trouble))
    def test_an_error_drags_no_other_error_along(self, bench: Bench, trouble: Trouble) -> None:
        channel = bench.open()
        bench.trouble(trouble)
        with pytest.raises(SeamError) as caught:
            channel.deliver(POST)
        assert _chain(caught.value) == [caught.value]

    def test_closing_twice_is_closing(self, bench: Bench) -> None:
        channel = bench.open()
        channel.deliver(POST)
        channel.close()
        channel.close()

    def test_several_threads_may_use_one_channel(self, bench: Bench) -> None:
        channel = bench.open()
        messages = [replace(POST, key=f"post-{number}") for number in range(24)]
        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(channel.deliver, messages))
        assert {one.key: one.anchor for one in bench.heard()} == {
            message.key: receipt.anchor for message, receipt in zip(messages, receipts, strict=True)
        }
        assert len({receipt.anchor for receipt in receipts}) == 24

    def test_the_doctor_finds_it_well_and_writes_nothing(self, bench: Bench) -> None:
        findings = bench.open().check()
        assert findings
        assert all(finding.ok for finding in findings), findings
        assert bench.heard() == []


def _live(headline: str, anchor: str) -> Message:
    return replace(LIVE, headline=headline, anchor=anchor)


def _chain(error: BaseException | None) -> list[BaseException]:
    """An error with everything it holds on to."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
