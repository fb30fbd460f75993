"""A Slack workspace in memory: rooms, messages, threads, pins, scopes, and Slack's own refusals.

Behaviour after Slack's method pages; where they are silent, after what users of Slack observed:
a reply to a deleted message is silently put into the channel, metadata comes without its payload
unless all of it is asked for, the oldest replies of a thread come first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.channels.slack_desk import Desk, Ko, Whisper, permalink
from tests.channels.slack_rules import LONGEST_TEXT, problems, units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Arguments = Mapping[str, object]
    Data = dict[str, object]

T = TypeVar("T")
EPOCH = 1_700_000_000
ALL_SCOPES = frozenset(
    {
        "chat:write",
        "pins:write",
        "channels:history",
        "channels:read",
        "groups:read",
        "commands",
        "reactions:read",
    }
)


@dataclass
class Room:
    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False


@dataclass
class Posted:
    """One message as it is now. `edits` counts updates."""

    ts: str
    room: str
    text: str
    blocks: list[object]
    metadata: Data
    thread_ts: str | None = None
    user: str = ""
    edits: int = 0
    editable: bool = True

    @property
    def key(self) -> str | None:
        payload = self.metadata.get("event_payload")
        return payload.get("key") if isinstance(payload, dict) else None


@dataclass
class Workspace:
    """Everything Slack would know. `call` is what a method answers to a valid token."""

    rooms: list[Room]
    scopes: frozenset[str] = ALL_SCOPES
    posted: list[Posted] = field(default_factory=list)
    pins: list[tuple[str, str]] = field(default_factory=list)
    people: Desk = field(default_factory=Desk)
    _count: int = 0

    def call(self, method: str, arguments: Arguments) -> Data:
        """Raises `Ko`. Required arguments are those of Slack's published schema."""
        if method not in METHODS:
            raise Ko("unknown_method")
        required, scope, act = METHODS[method]
        if scope and scope not in self.scopes:
            raise Ko("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))
        for name in required:
            if not arguments.get(name):
                raise Ko(MISSING.get(name, "invalid_arguments"))
        return {"ok": True, **act(self, arguments)}

    def post(self, arguments: Arguments) -> Data:
        room = self._room(arguments, by_name=True)
        text, blocks = _content(arguments)
        # Slack un-threads replies to a message that is no longer there, and says nothing.
        asked = _text(arguments, "thread_ts")
        thread = asked if any(one.ts == asked for one in self._in(room)) else None
        self._count += 1
        ts = f"{EPOCH + self._count}.{self._count:06d}"
        message = Posted(ts, room.id, text, blocks, _metadata(arguments), thread)
        self.posted.append(message)
        return {"channel": room.id, "ts": ts, "message": self._shown(message)}

    def update(self, arguments: Arguments) -> Data:
        room = self._room(arguments)
        message = self._message(room, _text(arguments, "ts"))
        if not message.editable:
            raise Ko("cant_update_message")
        message.text, message.blocks = _content(arguments)
        message.metadata = _metadata(arguments) or message.metadata
        message.edits += 1
        said = {"text": message.text}
        return {"channel": room.id, "ts": message.ts, **said, "message": said}

    def pin(self, arguments: Arguments) -> Data:
        room = self._room(arguments)
        message = self._message(room, _text(arguments, "timestamp"))
        if (room.id, message.ts) in self.pins:
            raise Ko("already_pinned")
        self.pins.append((room.id, message.ts))
        return {}

    def history(self, arguments: Arguments) -> Data:
        room = self._room(arguments)
        newest = [one for one in reversed(self._in(room)) if not one.thread_ts]
        pins = sum(pin[0] == room.id for pin in self.pins)
        actions = {"channel_actions_ts": None, "channel_actions_count": 0}
        return {**self._page(newest, arguments), "pin_count": pins, **actions}

    def replies(self, arguments: Arguments) -> Data:
        room, ts = self._room(arguments), _text(arguments, "ts")
        parent = next((one for one in self._in(room) if one.ts == ts), None)
        if parent is None:
            raise Ko("thread_not_found")
        after = float(_text(arguments, "oldest") or 0)
        thread = [one for one in self._thread(parent) if float(one.ts) > after]
        return self._page([parent, *thread], arguments)

    def joined(self, arguments: Arguments) -> Data:
        kinds = _text(arguments, "types").split(",")
        if "private_channel" in kinds and "groups:read" not in self.scopes:
            raise Ko("missing_scope", needed="groups:read")
        wanted = [
            {"id": room.id, "name": room.name}
            for room in self.rooms
            if room.member and ("private_channel" if room.private else "public_channel") in kinds
        ]
        rows, cursor = _slice(wanted, arguments)
        return {"channels": rows, "response_metadata": {"next_cursor": cursor}}

    def who(self, _: Arguments) -> Data:
        team = {"team": "Acme", "team_id": "T0ACME", "url": "https://acme.slack.example/"}
        return {**team, "user": "warroom", "user_id": "U0WARROOM"}

    def written(self, room: str, user: str, text: str, thread: str | None = None) -> Posted:
        """Somebody in a room writes `text`, in Slack's markup."""
        self._count += 1
        ts = f"{EPOCH + self._count}.{self._count:06d}"
        message = Posted(ts, room, text, [], {}, thread, user)
        self.posted.append(message)
        return message

    def permalink(self, arguments: Arguments) -> Data:
        room = self._room(arguments)
        message = self._message(room, _text(arguments, "message_ts"))
        return {"channel": room.id, "permalink": permalink(room.id, message.ts)}

    def whisper(self, arguments: Arguments) -> Data:
        room, user = self._room(arguments), _text(arguments, "user")
        text, _ = _content(arguments)
        self.people.whispers.append(Whisper(room.id, user, text))
        return {"message_ts": f"{EPOCH}.000000"}

    def open_view(self, arguments: Arguments) -> Data:
        return self.people.open(arguments)

    def remove(self, room: str, ts: str) -> None:
        """Somebody deletes a message; its thread stays, out of everybody's sight."""
        self.posted = [one for one in self.posted if (one.room, one.ts) != (room, ts)]
        self.pins = [pin for pin in self.pins if pin != (room, ts)]

    def find_room(self, name: str) -> Room | None:
        return next((one for one in self.rooms if name.lstrip("#") in {one.id, one.name}), None)

    def _room(self, arguments: Arguments, *, by_name: bool = False) -> Room:
        name = _text(arguments, "channel")
        room = self.find_room(name)
        # Slack takes a name only where it posts; everywhere else it wants the ID.
        if room is None or (room.id != name and not by_name):
            raise Ko("channel_not_found")
        if not room.member:
            raise Ko("channel_not_found" if room.private else "not_in_channel")
        if room.archived:
            raise Ko("is_archived")
        return room

    def _in(self, room: Room) -> list[Posted]:
        return [one for one in self.posted if one.room == room.id]

    def _message(self, room: Room, ts: str) -> Posted:
        for one in self._in(room):
            if one.ts == ts:
                return one
        raise Ko("message_not_found")

    def _thread(self, parent: Posted) -> list[Posted]:
        return [one for one in self.posted if (one.room, one.thread_ts) == (parent.room, parent.ts)]

    def _page(self, messages: Sequence[Posted], arguments: Arguments) -> Data:
        page, cursor = _slice(messages, arguments)
        everything = _text(arguments, "include_all_metadata") in {"1", "true"}
        rows = [self._shown(one, payload=everything) for one in page]
        meta = {"next_cursor": cursor}
        return {"messages": rows, "has_more": bool(cursor), "response_metadata": meta}

    def _shown(self, one: Posted, *, payload: bool = True) -> Data:
        data: Data = {"type": "message", "ts": one.ts, "text": one.text, "blocks": one.blocks}
        if one.user:
            data["user"] = one.user
        if one.metadata:
            kind = {"event_type": one.metadata["event_type"]}
            data["metadata"] = one.metadata if payload else kind
        if one.thread_ts:
            data["thread_ts"] = one.thread_ts
        if thread := self._thread(one):
            data |= {
                "thread_ts": one.ts,
                "reply_count": len(thread),
                "latest_reply": thread[-1].ts,
            }
        return data


def _slice(rows: Sequence[T], arguments: Arguments) -> tuple[list[T], str]:
    start = int(_text(arguments, "cursor") or 0)
    end = start + int(_text(arguments, "limit") or 100)
    return list(rows[start:end]), str(end) if end < len(rows) else ""


def _content(arguments: Arguments) -> tuple[str, list[object]]:
    blocks = arguments.get("blocks") or []
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    text = _text(arguments, "text")
    if not isinstance(blocks, list) or not (text or blocks):
        raise Ko("no_text")
    if units(text) > LONGEST_TEXT:
        raise Ko("msg_too_long")
    if wrong := problems(blocks):
        raise Ko("msg_blocks_too_long" if "msg_blocks_too_long" in wrong else "invalid_blocks")
    return text, blocks


def _metadata(arguments: Arguments) -> Data:
    data = arguments.get("metadata") or {}
    data = json.loads(data) if isinstance(data, str) else data
    if not isinstance(data, dict) or (data and set(data) != {"event_type", "event_payload"}):
        raise Ko("invalid_metadata_format")
    return data


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    return "" if value is None else str(value)


MISSING = {
    "channel": "channel_not_found",
    "ts": "message_not_found",
    "message_ts": "message_not_found",
    "user": "user_not_in_channel",
}
# Method: required arguments, scope (public channels), deed.
METHODS: dict[str, tuple[tuple[str, ...], str, Callable[[Workspace, Arguments], Data]]] = {
    "auth.test": ((), "", Workspace.who),
    "chat.postMessage": (("channel",), "chat:write", Workspace.post),
    "chat.update": (("channel", "ts"), "chat:write", Workspace.update),
    "pins.add": (("channel",), "pins:write", Workspace.pin),
    "conversations.history": (("channel",), "channels:history", Workspace.history),
    "conversations.replies": (("channel", "ts"), "channels:history", Workspace.replies),
    "chat.getPermalink": (("channel", "message_ts"), "", Workspace.permalink),
    "chat.postEphemeral": (("channel", "user"), "chat:write", Workspace.whisper),
    "views.open": (("trigger_id", "view"), "", Workspace.open_view),
    "users.conversations": ((), "channels:read", Workspace.joined),
}
