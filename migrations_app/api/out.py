"""What the API answers. Weights are GREEN's share in percent, spans are seconds, times are UTC."""

from datetime import datetime

from pydantic import JsonValue

from migrations_app.api.base_out import Out, Seconds, Word
from migrations_app.api.out_crew import OfferOut, PersonOut, StepOut
from migrations_app.domain.states import State


class OutcomeOut(Out):
    """What came of a verb. `replayed`: this key was said before, nothing happened again."""

    run_id: int
    seq: int
    state: State
    revision: int
    sentence: str
    replayed: bool = False


class MigrationOut(Out):
    """A migration in which the person holds `roles`. `environments` maps a name to its kind."""

    slug: str
    title: str
    sha256: str
    environments: dict[str, str]
    roles: list[str]


class RunOut(Out):
    """One run in a list."""

    id: int
    slug: str
    title: str
    environment: str
    kind: str
    state: State
    why: str
    phase: str
    at: datetime


class PhaseOut(Out):
    """One phase. `place` is `done`, `here` or `ahead`."""

    number: int
    name: str
    title: str
    place: str
    weights: dict[str, float]
    hold: Seconds
    entered_at: datetime | None
    point_of_no_return: bool
    resumable: bool


class NeedOut(Out):
    """Something Go waits for. `overridable`: the DRI may go over it, by name, with a reason."""

    code: str
    name: Word
    sentence: str
    overridable: bool


class SignatureOut(Out):
    """One person's sign-off."""

    role: Word
    by: str
    at: datetime


class GateOut(Out):
    """The current phase's gate. `needs` is empty when a Go from the DRI would be accepted."""

    round: int
    opened_at: datetime | None
    deadline_at: datetime | None
    auto_advance: bool
    four_eyes: bool
    signatures: list[SignatureOut]
    missing: list[Word]
    needs: list[NeedOut]


class CheckOut(Out):
    """A check as the judge left it. `value` with its unit; `required`: the gate asks for it."""

    name: str
    title: str
    status: str
    sentence: str
    value: str
    rule: str
    progress: float | None
    evaluated_at: datetime | None
    sampled_at: datetime | None
    stale: bool
    required: bool
    aborts: bool
    observe: bool


class FlipOut(Out):
    """The newest weight asked of a route: three separate facts, each null until it is one."""

    purpose: str
    weight: float
    requested_at: datetime
    applied_at: datetime | None
    confirmed_at: datetime | None
    failure: str


class RouteOut(Out):
    """One route. `observed` is null before the first read."""

    name: str
    title: str
    kind: str
    baseline: float
    desired: float
    observed: float | None
    observed_at: datetime | None
    detail: str
    trouble: str
    drift_since: datetime | None
    flip: FlipOut | None


class LatchOut(Out):
    """The abort of the current leg."""

    at: datetime
    actor: str
    by_hand: bool
    reason: str


class ChannelOut(Out):
    """What has not reached a channel yet, and why."""

    name: str
    waiting: int
    oldest_at: datetime | None
    failed: int
    error: str


class YouOut(Out):
    """The person's roles in this migration, those of them that they only back up, and what the
    token may be used for."""

    roles: list[str]
    backs_up: list[str]
    scopes: list[str]


class RoomOut(Out):
    """A run as of one moment. `revision` and `evaluation` are what a click has to say."""

    id: int
    slug: str
    title: str
    environment: str
    kind: str
    state: State
    why: str
    leg: int
    revision: int
    seq: int
    started_at: datetime | None
    ended_at: datetime | None
    evaluation: int | None
    phase: PhaseOut | None
    hold_until: datetime | None
    phases: list[PhaseOut]
    gate: GateOut | None
    steps: list[StepOut]
    checks: list[CheckOut]
    routes: list[RouteOut]
    latch: LatchOut | None
    people: list[PersonOut]
    offers: list[OfferOut]
    undelivered: list[ChannelOut]
    you: YouOut


class EntryOut(Out):
    """One entry of the timeline, with every field that its hash covers."""

    run: int
    seq: int
    at: datetime
    kind: str
    verb: str
    actor: str
    leg: int
    phase: int
    revision: int
    sentence: str
    payload: JsonValue
    prev_hash: str
    hash: str


class TimelineOut(Out):
    """Entries in order. `next`: ask for what comes after this seq; null when there is no more."""

    entries: list[EntryOut]
    next: int | None


class ReturnedOut(Out):
    """One route's way back: three separate facts, each null until it is one."""

    route: str
    requested_at: datetime | None
    applied_at: datetime | None
    confirmed_at: datetime | None
    trouble: str


class BackOut(Out):
    """`confirmed`: every route was read back at its baseline; else we keep trying."""

    run_id: int
    confirmed: bool
    routes: list[ReturnedOut]
