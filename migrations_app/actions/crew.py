"""The people of a migration, held: who has which role changes in here and nowhere else.

A role goes from one person to another in one transaction that holds every run of the migration
(`lock.locked_crew`), so that whoever decides does so wholly before it or wholly after it. Every
live run hears of it, and the run in whose room it was said.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked_crew
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.models import Handover, Membership, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.people import Role
    from migrations_app.domain.timeline import Kind
    from migrations_app.models import Event


@dataclass(frozen=True, slots=True)
class Crew:
    """The runs that hear of it, all held. `here`: the one in whose room it was said."""

    here: Locked
    runs: tuple[Locked, ...]

    @property
    def migration_id(self) -> int:
        return self.here.run.migration_id

    @property
    def now(self) -> datetime:
        return self.here.now

    def holder(self, role: Role) -> Membership | None:
        """Who holds a role; where several do, the first of them."""
        held = Membership.objects.filter(migration_id=self.migration_id, role=role, backup=False)
        return held.select_related("user").order_by("pk").first()

    def offers(self, role: Role) -> QuerySet[Handover]:
        """Offers of a role that nobody has answered."""
        return Handover.objects.filter(migration_id=self.migration_id, role=role, outcome="")

    def pass_on(self, role: Role, giver_id: int | None, taker_id: int) -> None:
        """`taker_id` holds it now, `giver_id` backs it up: first, for never do two hold one."""
        if giver_id is not None:
            held = Membership.objects.filter(migration_id=self.migration_id, role=role)
            held.filter(user_id=giver_id).update(backup=True)
        Membership.objects.update_or_create(
            migration_id=self.migration_id, user_id=taker_id, role=role, defaults={"backup": False}
        )

    def tell(self, kind: Kind, sentence: str, actor: Actor, payload: Mapping[str, object]) -> Event:
        """One event on every run; the one of `here`."""
        said = {
            held.run.pk: record(held, kind, sentence, actor, Verb.HAND_OVER, payload)
            for held in self.runs
        }
        return said[self.here.run.pk]


@contextmanager
def _crew(run_id: int) -> Iterator[Crew]:
    migration_id = Run.objects.filter(pk=run_id).values_list("migration_id", flat=True).first()
    if migration_id is None:
        raise Refused("unknown_run", f"There is no run {run_id}.")
    with locked_crew(migration_id, said_in=run_id) as runs:
        yield Crew(next(held for held in runs if held.run.pk == run_id), runs)


def said(
    run_id: int, actor: Actor, click: Click, about: object, does: Callable[[Crew], Event]
) -> once.Outcome:
    """Say a verb about who has which role, once per key. `about`: what was said besides."""
    with _crew(run_id) as crew:
        if done := once.replayed(crew.here, actor, click, Verb.HAND_OVER, about):
            return done
        event = does(crew)
        once.remember(crew.here, actor, click, Verb.HAND_OVER, event, about)
    return once.outcome(crew.here, event)
