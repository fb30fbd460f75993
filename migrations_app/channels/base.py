"""The channel seam: carry one message to where people read it.

A channel renders and sends; it does not retry, does not sleep and decides nothing. The relay
owns order, pace, retries and what happens after an unknown outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from migrations_app.domain.message import Message, Style, Tone
from migrations_app.domain.registry import Registry

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding


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


__all__ = ["CHANNELS", "Channel", "Message", "Receipt", "Style", "Tone"]

CHANNELS: Registry[Channel] = Registry(
    "warroom.channels",
    "channel",
    {
        "fake": "migrations_app.channels.fake.channel:FakeChannel",
        "slack": "migrations_app.channels.slack.channel:SlackChannel",
    },
)
