"""The channel seam: carry one message to where people read it.

A channel renders and sends; it does not retry, does not sleep and decides nothing. The relay
owns order, pace, retries and what happens after an unknown outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from migrations_app.domain.registry import Registry

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding


class Style(StrEnum):
    """How a message is placed."""

    POST = "post"  # a message of its own
    LIVE = "live"  # the one pinned message of a run, replaced in place
    SAMPLE = "sample"  # into the thread below the live message


class Tone(StrEnum):
    """How loud it is. Colour is never the only sign: every tone has a word of its own."""

    CALM = "calm"
    NOTICE = "notice"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Message:
    """What to say, before any channel's markup.

    `key` is stable across retries and unique per message (a LIVE message keeps one key for the
    run). `anchor` is the receipt of the run's live message, once there is one. `facts` are
    label/value pairs; `lines` are sentences.
    """

    key: str
    style: Style
    tone: Tone
    headline: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of delivery. `anchor` identifies the message at the channel (Slack: channel:ts)."""

    anchor: str
    detail: str = field(default="")


@runtime_checkable
class Channel(Protocol):
    """`__init__` takes a validated `Config` with secrets resolved. Thread-safe."""

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    min_interval: ClassVar[float]  # seconds between two messages to the same place

    def __init__(self, config: BaseModel) -> None: ...

    def deliver(self, message: Message) -> Receipt:
        """Send once. Raises `Transient` (with `retry_after`), `Permanent` or `UnknownOutcome`."""
        ...

    def find(self, key: str) -> Receipt | None:
        """Was a message with this key delivered? Asked after an unknown outcome, before a retry."""
        ...

    def check(self) -> list[Finding]: ...

    def close(self) -> None: ...


CHANNELS: Registry[Channel] = Registry(
    "warroom.channels",
    "channel",
    {
        "fake": "migrations_app.channels.fake:FakeChannel",
        "slack": "migrations_app.channels.slack:SlackChannel",
    },
)
