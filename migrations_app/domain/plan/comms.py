"""What the migration promises to tell, to whom, and in which words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BeforeValidator, PlainSerializer

from migrations_app.domain.comms.words import Audience, Impact, Stage
from migrations_app.domain.plan.base import Duration, Line, Name, Strict, Text, wrong


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise wrong(f'a moment has a date and a zone, "2026-11-21T02:00:00+01:00", not {value!r}')
    return moment


# A moment, written in ISO 8601 with its distance from UTC.
Moment = Annotated[
    datetime,
    BeforeValidator(_moment, json_schema_input_type=str),
    PlainSerializer(datetime.isoformat, return_type=str),
]


UNNAMED: Final = "our service"


class Approval(StrEnum):
    """Whose yes a public update needs."""

    DRI = "dri"
    NONE = "none"


class Component(Strict):
    """A part of the product as customers know it."""

    name: Name
    title: Line


class Wording(Strict):
    """A template of one's own: it takes the place of the built-in one with its key."""

    template: Name
    audience: Audience
    title: Line | None = None
    headline: Line
    body: Text = ""
    stage: Stage | None = None
    impact: Impact | None = None


class Window(Strict):
    """When it is announced to take place: `starts` with its zone, and how long it `lasts`."""

    starts: Moment
    lasts: Duration


class Comms(Strict):
    """`cadence`: how often there is to be an update while the run is live.

    `public_title` is the migration's name on the status page. `internal_names` are words the leak
    check stops besides those it knows: code names, customers, teams.
    """

    cadence: Duration | None = None
    approval: Approval = Approval.NONE
    public_title: Line | None = None
    components: tuple[Component, ...] = ()
    internal_names: tuple[Line, ...] = ()
    templates: tuple[Wording, ...] = ()
    window: Window | None = None

    @property
    def outside(self) -> str:
        """What the migration is called in public: the plan's own title is for the house."""
        return self.public_title or UNNAMED
