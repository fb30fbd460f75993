"""The composer: what is being written, how it will read, and what it would give away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from migrations_app.actions.publish import findings_in
from migrations_app.actions.updates import Words
from migrations_app.domain.comms.builtin import templates
from migrations_app.domain.comms.template import TemplateError, fill, used, variables
from migrations_app.domain.comms.words import Audience, Draft, Impact, Stage
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.comms import Approval
from migrations_app.domain.states import Verb
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads import comms as read
from migrations_app.reads.plans import plan_of
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.timeline import page
from migrations_app.web.clicks import field
from migrations_app.web.own_words import own_templates

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from migrations_app.domain.comms.leaks import Found
    from migrations_app.domain.comms.template import Template
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.comms import Comms
    from migrations_app.reads.comms import Desk, NextUpdate, UpdateView
    from migrations_app.reads.timeline import EntryView
    from migrations_app.web.guard import Seat

PROMISES = (10, 15, 20, 30, 60, 120)
"""Minutes until the next update that one can choose from."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable the text may hold, and what it says now."""

    name: str
    means: str
    value: str
    used: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """How the words will read, and what they would give away. `problem`: why they can't be read."""

    headline: str
    body: str
    problem: str
    findings: tuple[Found, ...]
    variables: tuple[Variable, ...]
    next_at: datetime | None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as readers will see it."""
        return tuple(block.strip() for block in self.body.split("\n\n") if block.strip())


@dataclass(frozen=True, slots=True)
class Composer:
    """Everything on the desk. `draft` is None before anything was kept."""

    run: Run
    seat: Seat
    comms: Comms
    desk: Desk
    draft: UpdateView | None
    missing: bool
    words: Words
    preview: Preview
    next: NextUpdate | None
    entries: tuple[EntryView, ...]

    @property
    def templates(self) -> tuple[Template, ...]:
        """What an update for this audience can begin from."""
        every = templates(own_templates(self.comms))
        return tuple(one for (to, _), one in every.items() if to is self.words.audience)

    @property
    def components(self) -> tuple[tuple[str, str, str], ...]:
        """Name, title and chosen impact of every component."""
        chosen = self.words.components
        return tuple(
            (one.name, one.title, chosen.get(one.name, "")) for one in self.comms.components
        )

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(Stage)

    @property
    def impacts(self) -> tuple[Impact, ...]:
        return tuple(Impact)

    @property
    def stage(self) -> Stage | None:
        return Stage(self.words.stage) if self.words.stage else None

    @property
    def impact(self) -> Impact | None:
        return Impact(self.words.impact) if self.words.impact else None

    @property
    def promises(self) -> tuple[int, ...]:
        return PROMISES

    @property
    def promise(self) -> int | None:
        """The chosen promise in minutes."""
        span = self.words.next_in
        return None if span is None else int(span.total_seconds() // 60)

    @property
    def writes(self) -> bool:
        return self.seat.seats.may(Verb.DRAFT)

    @property
    def approves(self) -> bool:
        return self.seat.seats.may(Verb.APPROVE)

    @property
    def publishable(self) -> bool:
        """Whether nobody's yes is missing any more."""
        if self.draft is None or not self.needs_yes:
            return self.draft is not None
        return self.draft.state is Draft.APPROVED or self.approves

    @property
    def needs_yes(self) -> bool:
        return self.comms.approval is Approval.DRI and self.words.audience is Audience.PUBLIC

    @property
    def key(self) -> str:
        return uuid4().hex


def composer(
    request: HttpRequest, seat: Seat, number: int | None = None, typed: Words | None = None
) -> Composer:
    """The desk of a run, in a constant number of queries. `typed` goes before what is kept."""
    with snapshot():
        run = Run.objects.select_related("migration").get(pk=seat.run_id)
        bound, now = plan_of(run), db_now()
        desk = read.desk(run)
        wanted = number if number is not None else _number(request)
        draft = next((one for one in desk.drafts if one.number == wanted), None)
        words = typed or (_words(draft) if draft else _blank(request, run, bound))
        return Composer(
            run=run,
            seat=seat,
            comms=bound.plan.comms,
            desk=desk,
            draft=draft,
            missing=wanted is not None and draft is None,
            words=words,
            preview=_preview(run, bound, words, now),
            next=read.next_update(run, bound, now),
            entries=page(run.pk, size=40).entries,
        )


def _preview(run: Run, bound: BoundPlan, words: Words, now: datetime) -> Preview:
    next_at = _next_at(words, bound, now)
    known = read.values(run, bound, next_at, words.audience)
    headline, body, problem = _filled(words, known)
    public = words.audience is Audience.PUBLIC
    findings = findings_in(headline, body, read.inside(run, bound)) if public else []
    variables = _variables(words, known)
    return Preview(headline, body, problem, tuple(findings), variables, next_at)


def _filled(words: Words, known: dict[str, str]) -> tuple[str, str, str]:
    try:
        return (
            fill(words.headline, known, words.audience),
            fill(words.body, known, words.audience),
            "",
        )
    except TemplateError as error:
        return words.headline, words.body, str(error)


def _variables(words: Words, known: dict[str, str]) -> tuple[Variable, ...]:
    named = set(used(words.headline)) | set(used(words.body))
    return tuple(
        Variable(name, means, known.get(name, ""), name in named)
        for name, means in variables(words.audience).items()
    )


def _next_at(words: Words, bound: BoundPlan, now: datetime) -> datetime | None:
    span = words.next_in if words.next_in is not None else bound.plan.comms.cadence
    over = bool(words.stage) and Stage(words.stage).over
    return now + span if span and not over else None


def _number(request: HttpRequest) -> int | None:
    text = request.GET.get("draft", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _words(draft: UpdateView) -> Words:
    return Words(
        audience=draft.audience, headline=draft.headline, body=draft.body, stage=draft.stage,
        impact=draft.impact, template=draft.template, components=draft.components,
        next_in=draft.next_in,
    )  # fmt: skip


def _blank(request: HttpRequest, run: Run, bound: BoundPlan) -> Words:
    """A new text: the chosen template, or the entry that is quoted, or nothing."""
    wanted = request.GET.get("audience", "")
    audience = Audience(wanted) if wanted in set(Audience) else Audience.PUBLIC
    every = templates(own_templates(bound.plan.comms))
    chosen = every.get((audience, request.GET.get("template", "")))
    if chosen is not None:
        return Words(
            audience, chosen.headline, chosen.body, chosen.key, chosen.stage, chosen.impact
        )
    return Words(audience, "", _quoted(request, run))


def _quoted(request: HttpRequest, run: Run) -> str:
    seq = request.GET.get("quote", "")
    if not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        return ""
    entry = Event.objects.filter(run=run, seq=int(seq)).first()
    return "" if entry is None else f"{read.clock(entry.at)}: {entry.sentence}"


def words_of(request: HttpRequest, *, lenient: bool = False) -> Words:
    """The words in a form. Refused for a word that is none, unless `lenient`."""
    audience = field(request, "audience", 10)
    if audience not in set(Audience):
        if not lenient:
            raise Refused("form", "Say whether the update is internal or public.")
        audience = Audience.INTERNAL
    impacts = {
        name.removeprefix("component-"): str(value)
        for name, value in request.POST.items()
        if name.startswith("component-") and value in set(Impact)
    }
    return Words(
        audience=Audience(audience),
        headline=" ".join(field(request, "headline", 200).split()),
        body=field(request, "body", 5000).replace("\r\n", "\n"),
        template=field(request, "template", 40),
        stage=_one_of(Stage, field(request, "stage", 20)),
        impact=_one_of(Impact, field(request, "impact", 20)),
        components=impacts,
        next_in=_minutes(field(request, "next_in", 5)),
    )


def _one_of(words: type[Stage] | type[Impact], text: str) -> str:
    return text if text in set(words) else ""


def _minutes(text: str) -> timedelta | None:
    return timedelta(minutes=int(text)) if text.isascii() and text.isdigit() else None
