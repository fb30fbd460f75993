"""Migrations, and planning a run of one."""

from typing import Final

from django.http import HttpResponse
from ninja import Router, Status

from migrations_app.actions.start import plan_run
from migrations_app.api.bodies import Planned
from migrations_app.api.out import MigrationOut, OutcomeOut
from migrations_app.api.scope import OPERATE, READ, Asked, actor_of
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State, Verb
from migrations_app.models import Run
from migrations_app.reads.access import require
from migrations_app.reads.mine import MigrationView, migration, migrations

router: Final = Router(tags=["plans"])


@router.get("/migrations", auth=READ, response=list[MigrationOut], operation_id="migrations")
def list_migrations(request: Asked) -> tuple[MigrationView, ...]:
    """The migrations in which you hold a role."""
    return migrations(request.auth.user_id)


@router.post(
    "/migrations/{slug}/runs",
    auth=OPERATE,
    response={200: OutcomeOut, 201: OutcomeOut},
    operation_id="plan",
)
def plan(request: Asked, slug: str, body: Planned, response: HttpResponse) -> Status[OutcomeOut]:
    """Plan a run; nothing moves. Where one waits to be started in that environment, it is the
    answer (200), so that asking twice plans once."""
    found, actor = migration(request.auth.user_id, slug), actor_of(request)
    if found is None:
        raise Refused("unknown_migration", f'There is no migration "{slug}" in which you act.')
    require(actor, found.id, Verb.START)
    waiting = Run.objects.filter(migration_id=found.id, environment=body.environment)
    run = waiting.filter(state=State.PLANNED).first()
    status = 201 if run is None else 200
    run = run or plan_run(found.id, body.environment, actor)
    response["ETag"] = f'"{run.revision}"'
    return Status(status, _outcome(run))


def _outcome(run: Run) -> OutcomeOut:
    return OutcomeOut(
        run_id=run.pk,
        seq=run.seq,
        state=State(run.state),
        revision=run.revision,
        sentence=f"Run {run.pk} waits to be started in {run.environment}",
    )
