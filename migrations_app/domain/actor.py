"""Who does something: a person through some door, or the engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """The door a click came through."""

    WEB = "web"
    API = "api"
    SLACK = "slack"
    CLI = "cli"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` is None for the engine only."""

    name: str
    user_id: int | None
    via: Via


ENGINE = Actor("warroom", None, Via.ENGINE)


@dataclass(frozen=True, slots=True)
class Click:
    """What came with a verb.

    `revision`: the run's revision on the screen that was clicked, None where any will do.
    `evaluation`: the newest evaluation on that screen, in epoch milliseconds.
    `key`: makes the click count once per actor. `reason`: why, in the person's words.
    """

    revision: int | None = None
    evaluation: int | None = None
    key: str = ""
    reason: str = ""
