"""People in a fake Slack workspace before a real run: they press, type, react, and are answered."""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from migrations_app.conductor.relay import relay
from migrations_app.domain.slack.signature import signature
from migrations_app.models import ChannelPost, SlackAccount
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.test import Client

    from tests.channels.slack_workspace import Posted
    from tests.slack_server import SlackServer
    from tests.web.build import World

SECRET: Final = "the-signing-secret-of-a-test"
TEAM: Final = "T0ACME"
ROOM: Final = "C0WARROOM"
ACCOUNTS: Final = {name: f"U0{name.upper()}" for name in (*build.PEOPLE, "stranger")}
_COUNT = itertools.count(1)


@dataclass(frozen=True)
class Corner:
    """One run that is told of in Slack. `client` is how Slack reaches us."""

    one: World
    slack: SlackServer
    client: Client

    def says(self) -> None:
        """The outbox worker brings the channel up to date."""
        ChannelPost.objects.update(not_before=None, lease_until=None)
        for post in ChannelPost.objects.filter(due_at__isnull=False):
            relay(post.pk)

    @property
    def live(self) -> Posted:
        """The pinned message, as it is now."""
        pinned = {ts for _, ts in self.slack.pins}
        return next(one for one in reversed(self.slack.messages()) if one.ts in pinned)

    def buttons(self) -> dict[str, dict[str, Any]]:
        """What can be pressed below it."""
        rows: list[Any] = [one for one in self.live.blocks if one["type"] == "actions"]  # type: ignore[index]  # blocks are dictionaries
        return {one["action_id"]: one for row in rows for one in row["elements"]}

    def press(self, name: str, action: str, value: str | None = None) -> Any:
        """`name` presses a button of the pinned message, or one with another value."""
        shown = self.buttons()[action]["value"] if value is None else value
        at = f"{time.time():.6f}"
        payload = self._done(name, "block_actions") | {
            "container": {"type": "message", "channel_id": ROOM, "message_ts": self.live.ts},
            "actions": [{"action_id": action, "value": shown, "action_ts": at, "type": "button"}],
            "trigger_id": self.slack.people.trigger(),
        }
        return self.interact(payload)

    def send(self, name: str, reason: str | None = None, view: int = -1) -> Any:
        """`name` sends the form that was opened last."""
        shown = self.slack.people.views[view]
        values = {} if reason is None else {"reason": {"reason": {"value": reason}}}
        sent = {
            "id": f"V{range(len(self.slack.people.views))[view]}",
            "callback_id": shown["callback_id"],
            "private_metadata": shown["private_metadata"],
            "state": {"values": values},
        }
        return self.interact(self._done(name, "view_submission") | {"view": sent})

    def choose(self, name: str, message: Posted) -> Any:
        """`name` chooses "Add to the timeline" at a message."""
        shown = {"type": "message", "ts": message.ts, "text": message.text, "user": message.user}
        if message.thread_ts:
            shown["thread_ts"] = message.thread_ts
        chosen = {"callback_id": "timeline", "channel": {"id": ROOM, "name": "war-room"},
                  "message": shown, "trigger_id": "1.2"}  # fmt: skip
        return self.interact(self._done(name, "message_action") | chosen)

    def react(self, name: str, message: Posted, emoji: str = "pushpin", **headers: str) -> Any:
        """`name` reacts to a message."""
        item = {"type": "message", "channel": ROOM, "ts": message.ts}
        event = {"type": "reaction_added", "user": ACCOUNTS[name], "reaction": emoji, "item": item}
        told = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev0{next(_COUNT)}AbC",
                "event": event}  # fmt: skip
        return self.post("events", json.dumps(told).encode(), "application/json", **headers)

    def type(self, name: str, text: str) -> str:
        """`name` types `/warroom text`, and reads the answer."""
        form = {"team_id": TEAM, "team_domain": "acme", "user_id": ACCOUNTS[name],
                "user_name": name, "channel_id": ROOM, "command": "/warroom", "text": text,
                "response_url": self._hook(), "trigger_id": "1.2"}  # fmt: skip
        answer = self.post("command", urlencode(form).encode())
        assert answer.status_code == 200, answer
        assert answer.json()["response_type"] == "ephemeral"
        return str(answer.json()["text"])

    def interact(self, payload: Mapping[str, object]) -> Any:
        return self.post("interactivity", urlencode({"payload": json.dumps(payload)}).encode())

    def post(
        self, where: str, body: bytes, kind: str = "application/x-www-form-urlencoded",
        **headers: str,
    ) -> Any:  # fmt: skip
        """As Slack sends it, signed; `headers` replace what it would say."""
        sealed = seal(body) | headers
        return self.client.post(f"/slack/{where}", body, content_type=kind, headers=sealed)

    def _done(self, name: str, kind: str) -> dict[str, Any]:
        user = {"id": ACCOUNTS[name], "username": name, "team_id": TEAM}
        team = {"id": TEAM, "domain": "acme"}
        return {"type": kind, "user": user, "team": team, "response_url": self._hook()}

    def _hook(self) -> str:
        return f"{self.slack.hooks}actions/{next(_COUNT)}"


def settled() -> None:
    """Everything that was to be done behind a click is done."""
    for thread in threading.enumerate():
        if thread.name == "behind-slack":
            thread.join(30)


def seal(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers that Slack would send."""
    stamp = str(int(time.time() if at is None else at))
    made = signature(secret, stamp, body)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": made}


def link(one: World, *names: str) -> None:
    """These people linked their Slack accounts."""
    for name in names:
        SlackAccount.objects.create(
            team=TEAM, account=ACCOUNTS[name], user=one.users[name], account_name=name
        )


def environments(slack: SlackServer, number: int, kind: str = "rehearsal") -> dict[str, Any]:
    """As `build` has it, and told in Slack, with buttons."""
    bound: dict[str, Any] = build.plan_data(number)["environments"]["rehearsal"]
    config = {"token": "${env:SLACK_TOKEN}", "channel": ROOM, "base_url": slack.url,
              "timeout": 10, "buttons": True}  # fmt: skip
    bound["sources"]["metrics"]["interval"] = "10m"  # verdicts stay fresh, however slow we are
    channels = {"team": {"kind": "slack", "config": config}}
    return {"rehearsal": bound | {"kind": kind, "channels": channels}}
