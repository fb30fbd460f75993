"""What the API answers about people: who is here, what they owe, which roles are being offered."""

from datetime import datetime

from migrations_app.api.base_out import Out, Seconds, Word


class StepNoteOut(Out):
    """A sentence that somebody left at a step."""

    by: str
    at: datetime
    text: str


class StepOut(Out):
    """A step of the current phase. `taken_by`: who is at it; `took`: how long it took them."""

    name: str
    title: str
    owner: Word
    by_hand: bool
    expected: Seconds
    done_by: str
    done_at: datetime | None
    taken_by: str
    taken_at: datetime | None
    overdue_at: datetime | None
    overdue: bool
    took: Seconds | None
    notes: list[StepNoteOut]


class OwedOut(Out):
    """What the room waits for. `about` is what a nudge names; `again_at`: not before then."""

    about: Word
    what: str
    again_at: datetime | None


class OfferOut(Out):
    """A role that is being offered, until `until`."""

    id: int
    role: Word
    giver: str
    taker: str
    note: str
    offered_at: datetime
    until: datetime


class PersonOut(Out):
    """One person in one role. `presence` is `here`, `away` or `never`."""

    role: Word
    name: str
    backup: bool
    presence: Word
    away_since: datetime | None
    signed_at: datetime | None
    owes: list[OwedOut]
    stands_in: list[OwedOut]
