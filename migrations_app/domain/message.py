"""What to say to a channel, before any channel's markup."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Look(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is asked before a button counts, and the two answers."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press below a message. `action` says what, `value` of what, sealed by us.

    One with a `link` leads there instead.
    """

    action: str
    label: str
    value: str = ""
    link: str = ""
    look: Look = Look.PLAIN
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is stable across retries and unique per message (a LIVE message keeps one key for
    the run). `anchor` is the receipt of the run's live message, once there is one. `facts` are
    label/value pairs; `lines` are sentences. `rows` are buttons, for channels that can have them;
    what stands in different rows is not neighbours.
    """

    key: str
    style: Style
    tone: Tone
    headline: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    anchor: str | None = None
    rows: tuple[tuple[Button, ...], ...] = ()
