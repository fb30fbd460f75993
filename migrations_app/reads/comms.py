"""The comms desk: drafts and updates, what a template's variables say now, the next promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from migrations_app.domain.comms.cadence import Told, due_at
from migrations_app.domain.comms.words import Audience, Draft, Stage
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import ENDED, LIVE, State, spoken
from migrations_app.models import Delivery, Letter, Membership, Route, Update
from migrations_app.reads.headline import room_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """The promise that stands. `who`: the comms lead, who has to keep it."""

    due_at: datetime
    overdue: bool
    who: str
    promised_by: int | None  # the update that promised it; None: the plan's cadence did


def next_update(run: Run, bound: BoundPlan, now: datetime) -> NextUpdate | None:
    """What is promised while the run is live. At most two queries."""
    if State(run.state) not in LIVE:
        return None
    newest = _newest(run.pk)
    if newest is not None and newest.stage and Stage(newest.stage).over:
        return None
    told = None if newest is None else _told(newest)
    due = due_at(run.started_at, told, bound.plan.comms.cadence)
    if due is None:
        return None
    number = newest.number if newest is not None and newest.next_at is not None else None
    return NextUpdate(due, now >= due, holder(run.migration_id, Role.COMMS_LEAD), number)


def _newest(run_id: int) -> Update | None:
    return Update.objects.filter(run=run_id, state=Draft.PUBLISHED).order_by("-number").first()


def _told(update: Update) -> Told:
    return Told(update.published_at or update.created_at, update.next_at)


def holder(migration_id: int, role: Role) -> str:
    """The user name of who holds a role; empty where nobody does."""
    rows = Membership.objects.filter(migration=migration_id, role=role, backup=False)
    return rows.order_by("id").values_list("user__username", flat=True).first() or ""


def values(
    run: Run, bound: BoundPlan, next_at: datetime | None, audience: Audience
) -> dict[str, str]:
    """What every variable of a template says now, to this audience."""
    plan, at = bound.plan, max(run.phase, 0)
    phases = [phase.title or phase.name for phase in plan.phases]
    following = phases[at + 1] if at + 1 < len(phases) else "completion"
    return {
        "title": plan.comms.outside if audience is Audience.PUBLIC else plan.title,
        "stage": _stage(run).label.lower(),
        "share": share(run),
        "components": _listed([one.title for one in plan.comms.components]) or "it",
        "next_update": "" if next_at is None else clock(next_at),
        "started": "" if run.started_at is None else clock(run.started_at),
        "phase": phases[at] if phases else "",
        "number": str(at + 1),
        "phases": str(len(phases)),
        "following": following,
        "state": spoken(run.state),
        "why": run.why,
        "environment": run.environment,
        "dri": holder(run.migration_id, Role.DRI),
        "room": room_url(run),
    }


def _stage(run: Run) -> Stage:
    match State(run.state):
        case State.PLANNED:
            return Stage.SCHEDULED
        case State.COMPLETED:
            return Stage.COMPLETED
        case State.ROLLED_BACK:
            return Stage.ROLLED_BACK
        case State.CALLED_OFF:
            return Stage.CALLED_OFF
        case _:
            return Stage.IN_PROGRESS


def share(run: Run) -> str:
    """How much runs on GREEN, over all routes: `25 %`, or `5 to 25 %` where they differ."""
    seen = Route.objects.filter(run=run).values_list("observed", flat=True)
    weights = sorted(weight for weight in seen if weight is not None)
    if not weights:
        return "0 %"
    low, high = (f"{weight.normalize():f}" for weight in (weights[0], weights[-1]))
    return f"{low} %" if low == high else f"{low} to {high} %"


def clock(at: datetime) -> str:
    """A time people anywhere can read: `02:40 UTC`. Pages show it in the reader's zone as well."""
    return f"{at.astimezone(UTC):%H:%M} UTC"


def _listed(words: list[str]) -> str:
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last


def inside(run: Run, bound: BoundPlan) -> frozenset[str]:
    """Names from inside the house, which no public text may hold.

    People and `internal_names` always; what the plan calls things only where it is no plain word,
    because a route called `web` makes the web no secret.
    """
    plan = bound.plan
    people = Membership.objects.filter(migration=run.migration_id)
    called = {run.migration.slug, *plan.environments, *plan.channels}
    for part in (plan.routes, plan.checks):
        called |= {one.name for one in part} | {one.title for one in part if one.title}
    told = {one.title for one in plan.comms.components} | {plan.comms.public_title}
    names = {name for name in called - told if not name.isalpha()}
    return frozenset(names).union(
        people.values_list("user__username", flat=True), plan.comms.internal_names
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an update arrived. `channels`: name and whether it was said there yet."""

    channels: tuple[tuple[str, bool], ...]
    letters: int
    letters_sent: int


@dataclass(frozen=True, slots=True)
class UpdateView:
    """One update on the desk, and what still stands between it and its readers."""

    number: int
    audience: Audience
    state: Draft
    version: int
    template: str
    stage: str
    impact: str
    headline: str
    body: str
    components: dict[str, str]
    next_in: timedelta | None
    next_at: datetime | None
    author: str
    approver: str
    created_at: datetime
    published_at: datetime | None
    seq: int | None
    reach: Reach | None

    @property
    def open(self) -> bool:
        """Whether it can still be changed."""
        return self.state not in {Draft.PUBLISHED, Draft.DROPPED}


def published(run: Run, size: int) -> tuple[UpdateView, ...]:
    """What was said last, newest first, to whomever. One query."""
    rows = Update.objects.filter(run=run, state=Draft.PUBLISHED).order_by("-number")
    along = rows.select_related("author", "approver", "event")
    return tuple(update_view(row) for row in along[:size])


@dataclass(frozen=True, slots=True)
class Desk:
    """Drafts, oldest first; what was published, newest first."""

    drafts: tuple[UpdateView, ...]
    published: tuple[UpdateView, ...]


def desk(run: Run, size: int = 30) -> Desk:
    """Everything on the desk, in five queries."""
    rows = Update.objects.filter(run=run).select_related("author", "approver", "event")
    drafts = rows.filter(state__in=(Draft.DRAFT, Draft.WAITING, Draft.APPROVED)).order_by("number")
    published = list(rows.filter(state=Draft.PUBLISHED).order_by("-number")[:size])
    reach = _reach(run, published)
    return Desk(
        tuple(update_view(row) for row in drafts),
        tuple(update_view(row, reach.get(row.pk)) for row in published),
    )


def update_view(row: Update, reach: Reach | None = None) -> UpdateView:
    """A row as the desk shows it. Needs `author`, `approver` and `event` along."""
    return UpdateView(
        number=row.number,
        audience=Audience(row.audience),
        state=Draft(row.state),
        version=row.version,
        template=row.template,
        stage=row.stage,
        impact=row.impact,
        headline=row.headline,
        body=row.body,
        components=row.components,
        next_in=row.next_in,
        next_at=row.next_at,
        author=row.author.get_username(),
        approver=row.approver.get_username() if row.approver else "",
        created_at=row.created_at,
        published_at=row.published_at,
        seq=row.event.seq if row.event else None,
        reach=reach,
    )


def _reach(run: Run, published: Iterable[Update]) -> dict[int, Reach]:
    rows = [row for row in published if row.event is not None]
    said: dict[int, list[tuple[str, bool]]] = {}
    sent = Delivery.objects.filter(run=run, seq__in=[row.event.seq for row in rows if row.event])
    for seq, channel, state in sent.order_by("channel").values_list("seq", "channel", "state"):
        said.setdefault(seq, []).append((channel, state == "sent"))
    letters = {
        row["update"]: (row["all"], row["sent"])
        for row in Letter.objects.filter(update__in=rows).values("update").order_by()
        .annotate(all=Count("id"), sent=Count("id", filter=Q(state="sent")))
    }  # fmt: skip
    return {
        row.pk: Reach(tuple(said.get(row.event.seq, ())), *letters.get(row.pk, (0, 0)))
        for row in rows
        if row.event
    }


def ended(run: Run) -> bool:
    """Whether the run is over: its updates tell of the past."""
    return State(run.state) in ENDED
