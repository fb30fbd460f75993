"""Plan a run, start it with its plan frozen, or call it off before anything moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.parity import compare
from migrations_app.actions.phases import enter
from migrations_app.actions.record import decide, record
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.bind import BoundPlan, bind
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import ChannelPost, Check, Migration, Route, Run, SourceTick
from migrations_app.reads.access import require
from migrations_app.reads.plans import runbook_of
from migrations_app.reads.rehearsed import rehearsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrations_app.domain.actor import Actor, Click


def plan_run(migration_id: int, environment: str, actor: Actor) -> Run:
    """A new run of a migration in one of its environments, not started."""
    require(actor, migration_id, Verb.START)
    migration = Migration.objects.get(pk=migration_id)
    bound = _bind(migration, environment)
    run = Run.objects.create(
        migration=migration,
        environment=environment,
        kind=bound.kind,
        plan=bound.to_snapshot(),
        plan_sha256=bound.sha256,
        runbook=runbook_of(migration),
    )
    with locked(run.pk) as held:
        sentence = f"Run planned in {environment} ({bound.kind})"
        record(held, Kind.PLANNED, sentence, actor, payload={"plan_sha256": bound.sha256})
    return held.run


def start(
    run_id: int, actor: Actor, click: Click, lags: Mapping[str, float] | None = None
) -> once.Outcome:
    """Freeze the plan into the run, enter its first phase. Refused while another run is live.

    `lags`: by route, the seconds by which its clients follow a change late.
    """
    try:
        return _start(run_id, actor, click, lags or {})
    except IntegrityError as error:
        if "one_live_run" not in str(error):
            raise
        raise Refused(
            "already_live", "Another run of this migration is live in this environment."
        ) from error


def _start(run_id: int, actor: Actor, click: Click, lags: Mapping[str, float]) -> once.Outcome:
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.START):
            return done
        require(actor, held.run.migration_id, Verb.START)
        once.require_fresh_screen(held, click)
        held.move(Verb.START)
        _freeze(held)
        _lay_out(held, lags)
        held.run.started_at = held.now
        held.run.save()  # the constraint on live runs speaks here, before anything else is written
        payload = {
            "plan_sha256": held.run.plan_sha256,
            "reason": click.reason,
            "weights": {route.name: route.baseline for route in held.plan.routes},
            "way_back": _way_back(held),
        }
        event = record(held, Kind.STARTED, "Run started", actor, Verb.START, payload)
        decide(event, actor, Verb.START, click.reason)
        enter(held, 0, actor, every=True)
        once.remember(held, actor, click, Verb.START, event)
    return once.outcome(held, event)


def call_off(run_id: int, actor: Actor, click: Click) -> once.Outcome:
    """Abort before start, or end a run that was rolled back. Moves nothing."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.CALL_OFF):
            return done
        require(actor, held.run.migration_id, Verb.CALL_OFF)
        once.require_fresh_screen(held, click)
        held.move(Verb.CALL_OFF, click.reason)
        held.run.ended_at = held.now
        held.run.wake_at = None
        SourceTick.objects.filter(run=held.run).update(due_at=None)
        payload = {"reason": click.reason}
        event = record(held, Kind.CALLED_OFF, "Run called off", actor, Verb.CALL_OFF, payload)
        decide(event, actor, Verb.CALL_OFF, click.reason)
        once.remember(held, actor, click, Verb.CALL_OFF, event)
    return once.outcome(held, event)


def _bind(migration: Migration, environment: str) -> BoundPlan:
    plan = Plan.model_validate(migration.plan)
    if environment not in plan.environments:
        known = ", ".join(plan.environments) or "none"
        raise Refused(
            "unknown_environment", f'The plan has no environment "{environment}". Known: {known}.'
        )
    return bind(plan, environment)


def _way_back(held: Locked) -> str:
    """What was known of it when somebody started production all the same."""
    known = rehearsed(held.run.migration.slug, held.bound)
    return known.sentence if known else ""


def _freeze(held: Locked) -> None:
    """The plan as it is now becomes what the run executes, whatever is edited later."""
    held.bound = _bind(held.run.migration, held.run.environment)
    held.run.plan = held.bound.to_snapshot()
    held.run.plan_sha256 = held.bound.sha256
    held.run.runbook = runbook_of(held.run.migration)
    if not held.plan.phases:
        raise Refused("empty_plan", "The plan has no phases: there is nothing to start.")


def _lay_out(held: Locked, lags: Mapping[str, float]) -> None:
    """The rows the engine works on: routes, checks, the clock of each source, channels."""
    Route.objects.bulk_create(_routes(held, lags))
    Check.objects.bulk_create(_checks(held))
    used = {check.source for check in held.plan.checks}
    SourceTick.objects.bulk_create(
        SourceTick(run=held.run, source=name, interval=binding.interval, due_at=held.now)
        for name, binding in held.bound.sources.items()
        if name in used
    )
    compare(held)
    ChannelPost.objects.bulk_create(
        ChannelPost(run=held.run, channel=name) for name in held.bound.channels
    )


def _routes(held: Locked, lags: Mapping[str, float]) -> Iterable[Route]:
    for position, spec in enumerate(held.plan.routes):
        binding = held.bound.routes[spec.name]
        yield Route(
            run=held.run,
            name=spec.name,
            title=spec.title or spec.name,
            position=position,
            rank=spec.rank,
            kind=binding.driver,
            config=binding.config,
            baseline=spec.baseline,
            desired=spec.baseline,
            moves=spec.moves,
            lag=lags.get(spec.name, 0.0),
            read_at=held.now,
        )


def _checks(held: Locked) -> Iterable[Check]:
    for position, spec in enumerate(held.plan.checks):
        yield Check(run=held.run, name=spec.name, source=spec.source, position=position)
