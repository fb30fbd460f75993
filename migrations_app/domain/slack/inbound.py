"""What people do in Slack, as Slack tells it; only what we use, of bearable length.

Source: Slack's reference of interaction payloads, slash commands and the event reaction_added.
Fields we don't know are ignored; one that is missing or odd is a `ValidationError`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Id = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,40}$")]
Ts = Annotated[str, Field(pattern=r"^\d{1,12}\.\d{1,9}$")]
Name = Annotated[str, Field(max_length=200)]
Address = Annotated[str, Field(max_length=500)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Team(_Told):
    """A workspace."""

    id: Id
    domain: Name = ""


class Person(_Told):
    """Who did it. Their team is their own, which in a shared channel is not always the app's."""

    id: Id
    team_id: Id | None = None
    username: Name = ""
    name: Name = ""


class Place(_Told):
    """Where a button was pressed."""

    channel_id: Id | None = None
    message_ts: Ts | None = None


class Action(_Told):
    """The button."""

    action_id: Name
    value: Annotated[str, Field(max_length=2000)] = ""
    action_ts: Ts


class Channel(_Told):
    id: Id


class Message(_Told):
    """What was written, in Slack's markup, and by whom: people have a `user`."""

    ts: Ts
    text: str | None = None
    user: Id | None = None
    thread_ts: Ts | None = None

    @property
    def words(self) -> str:
        """Its text, empty for one that has none, as a file."""
        return self.text or ""


class _Done(_Told):
    user: Person
    team: Team | None = None


class Pressed(_Done):
    """A button below a message was pressed."""

    type: Literal["block_actions"]
    container: Place = Place()
    actions: Annotated[list[Action], Field(min_length=1, max_length=25)]
    trigger_id: Name = ""
    response_url: Address = ""


class Shortcut(_Done):
    """A message shortcut was chosen."""

    type: Literal["message_action"]
    callback_id: Name
    channel: Channel
    message: Message
    response_url: Address = ""


class Box(_Told):
    """A field of a form; None when it was left empty."""

    value: Annotated[str, Field(max_length=3000)] | None = None


class Filled(_Told):
    """What stands in a form's fields, by block and action."""

    values: dict[str, dict[str, Box]] = {}


class View(_Told):
    id: Id
    callback_id: Name = ""
    private_metadata: Annotated[str, Field(max_length=3000)] = ""
    state: Filled = Filled()


class Submitted(_Done):
    """A form was sent."""

    type: Literal["view_submission"]
    view: View


Interaction = Annotated[Pressed | Shortcut | Submitted, Field(discriminator="type")]
INTERACTION: TypeAdapter[Pressed | Shortcut | Submitted] = TypeAdapter(
    Interaction, config=ConfigDict(hide_input_in_errors=True)
)
KNOWN = frozenset({"block_actions", "message_action", "view_submission"})


class Command(_Told):
    """A slash command was typed."""

    team_id: Id
    team_domain: Name = ""
    user_id: Id
    user_name: Name = ""
    text: Annotated[str, Field(max_length=8000)] = ""


class Item(_Told):
    """What a reaction was put on. Only messages have a channel and a time."""

    type: Name
    channel: Id | None = None
    ts: Ts | None = None


class Reaction(_Told):
    """Somebody reacted to something."""

    type: Literal["reaction_added"]
    user: Id
    reaction: Name
    item: Item


class Happened(_Told):
    """The envelope of an event."""

    type: Literal["event_callback"]
    team_id: Id
    event: Reaction


class Challenge(_Told):
    """Slack asks whether this address is ours."""

    type: Literal["url_verification"]
    challenge: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~+/=-]{1,500}$")]
