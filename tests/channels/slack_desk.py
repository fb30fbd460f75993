"""The people's side of the fake Slack: triggers, forms that are open, answers, whispers."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.channels.slack_rules import problems
from tests.channels.slack_view_rules import answer_problems, view_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    Arguments = Mapping[str, object]
    Data = dict[str, object]

USES = 5
"""How often a response_url may be used."""


class Ko(Exception):
    """`ok: false` and why."""

    def __init__(self, error: str, **more: str) -> None:
        super().__init__(error)
        self.data: Data = {"ok": False, "error": error, **more}


@dataclass(frozen=True)
class Whisper:
    """What one person in a room was told."""

    room: str
    user: str
    text: str


@dataclass
class Desk:
    """What people see of it. A trigger opens one form; an address takes five answers."""

    triggers: set[str] = field(default_factory=set)
    views: list[Data] = field(default_factory=list)
    whispers: list[Whisper] = field(default_factory=list)
    answers: list[Data] = field(default_factory=list)
    _used: dict[str, int] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def trigger(self) -> str:
        """Somebody clicked: with this a form may be opened for them, once."""
        made = f"{len(self.triggers) + len(self.views)}.T0ACME.abc"
        self.triggers.add(made)
        return made

    def open(self, arguments: Arguments) -> Data:
        given: Any = arguments["view"]
        view: Any = json.loads(given) if isinstance(given, str) else given
        if str(arguments["trigger_id"]) not in self.triggers:
            raise Ko("expired_trigger_id")
        sections = [one for one in view["blocks"] if one["type"] != "input"]
        if wrong := [*view_problems(view), *problems(sections)]:
            raise Ko("invalid_arguments", detail="; ".join(wrong))
        self.triggers.remove(str(arguments["trigger_id"]))
        self.views.append(view)
        return {"view": {**view, "id": f"V{len(self.views)}"}}

    def answered(self, address: str, said: Arguments) -> Data:
        used = self._used[address] = self._used.get(address, 0) + 1
        if used > USES:
            raise Ko("used_url")
        if wrong := answer_problems(said):
            raise Ko("invalid_payload", detail="; ".join(wrong))
        with self._news:
            self.answers.append(dict(said))
            self._news.notify_all()
        return {"ok": True}

    def told(self, number: int = 1, seconds: float = 20) -> str:
        """The text of the newest answer, once there are so many."""
        with self._news:
            there = self._news.wait_for(lambda: len(self.answers) >= number, seconds)
        assert there, f"{len(self.answers)} answers, not {number}"
        return str(self.answers[-1]["text"])


def permalink(room: str, ts: str) -> str:
    """As Slack builds it."""
    return f"https://acme.slack.example/archives/{room}/p{ts.replace('.', '')}"
