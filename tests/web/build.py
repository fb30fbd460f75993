"""A small migration, its people, and ways to bring a run where a test wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User

from migrations_app.actions import engine, shift
from migrations_app.actions.start import plan_run, start
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.plan.bind import digest
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Check, Flip, Membership, Migration, Reading, Run
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAN: dict[str, Any] = {
    "migration": "orders-db",
    "title": "Move orders to the new database",
    "objectives": {"rto": "2m", "error_budget": {"share": "10 %", "window": "24h"}},
    "roles": {"dri": ["ana"]},
    "routes": [
        {"name": "web", "title": "Web traffic"},
        {"name": "flag", "title": "Read path", "rank": 1},
    ],
    "checks": [
        {"name": "errors", "title": "Failed requests", "source": "metrics", "query": "errors",
         "unit": "%", "fail_when": "> 0.3 %", "consecutive": 2},
        {"name": "p95", "title": "p95 response time", "source": "metrics", "query": "p95",
         "blue_query": "p95_blue", "unit": "ms", "fail_when": "> +25 % vs blue", "hold": "10m"},
        {"name": "lag", "title": "Replication lag", "source": "metrics", "query": "lag",
         "unit": "s", "pass_when": "< 2 s", "hold": "1m"},
    ],
    "abort": [{"check": "errors"}, {"check": "p95", "from_phase": "canary"}],
    "phases": [
        {"name": "canary", "title": "Canary 5 %", "weights": {"web": 5, "flag": 5}, "hold": "0s",
         "steps": [{"name": "dashboards", "title": "Look at the dashboards", "owner": "database"}],
         "gate": {"checks": ["errors", "p95", "lag"], "roles": ["dri", "database"],
                  "deadline": "30m"}},
        {"name": "half", "title": "Half", "weights": {"web": 50, "flag": 50}, "hold": "2m",
         "gate": {"checks": ["errors"]}},
        {"name": "all", "title": "Everything", "weights": {"web": 100, "flag": 100},
         "abort_policy": "freeze", "point_of_no_return": True, "gate": {"checks": ["errors"]}},
    ],
    "rollback": {"expected": "40s"},
    "environments": {
        "rehearsal": {
            "kind": "rehearsal",
            "routes": {"web": {"driver": "fake"}, "flag": {"driver": "fake"}},
            "sources": {"metrics": {"kind": "fake"}},
        }
    },
}  # fmt: skip

_SECOND = timedelta(seconds=1)

PEOPLE = {
    "ana": Role.DRI,
    "ravi": Role.DATABASE,
    "lena": Role.INFRASTRUCTURE,
    "kim": Role.COMMS_LEAD,
    "otto": Role.OBSERVER,
}


@dataclass(frozen=True, slots=True)
class World:
    """A migration, one run of it, and its people by name. `stranger` holds no role in it."""

    migration: Migration
    run: Run
    users: Mapping[str, User]

    def actor(self, name: str) -> Actor:
        return Actor(name, self.users[name].pk, Via.WEB)

    def fresh(self) -> Run:
        return Run.objects.get(pk=self.run.pk)


def world(changes: Mapping[str, Any] | None = None) -> World:
    """A planned run."""
    plan = {**PLAN, **(changes or {})}
    users = {name: User.objects.create_user(name, password=name) for name in (*PEOPLE, "stranger")}
    snapshot = Plan.model_validate(plan).model_dump(mode="json")
    migration = Migration.objects.create(
        slug=plan["migration"], title=plan["title"], plan=snapshot, sha256=digest(snapshot)
    )
    for name, role in PEOPLE.items():
        Membership.objects.create(migration=migration, user=users[name], role=role)
    run = plan_run(migration.pk, "rehearsal", Actor("ana", users["ana"].pk, Via.WEB))
    return World(migration, run, users)


def started(one: World) -> Run:
    """In its first phase, weights on their way."""
    start(one.run.pk, one.actor("ana"), Click())
    return one.fresh()


def confirm(run: Run) -> None:
    """Every weight asked for was read back."""
    for flip in Flip.objects.filter(route__run=run, closed_at=None):
        shift.confirm(flip.pk, shift.ReadBack(flip.weight, f"blue {100 - flip.weight}/100"))


def at_gate(one: World) -> Run:
    """In its first phase, the gate open, no check read yet."""
    run = started(one)
    confirm(run)
    while engine.tick(run.pk) is not None:
        pass
    return one.fresh()


def judged(run: Run, name: str, status: str, sentence: str, value: float | None = 1.0) -> None:
    """A check has this verdict now."""
    now = db_now()
    Check.objects.filter(run=run, name=name).update(
        status=status, sentence=sentence, value=value, evaluated_at=now, sampled_at=now,
        changed_at=now, reason="ok", evidence={"blue": {"value": 204.0}},
    )  # fmt: skip


def all_pass(run: Run) -> None:
    for name in ("errors", "p95", "lag"):
        judged(run, name, "PASS", f"{name} is fine")


def readings(run: Run, name: str, values: list[float | None], blue: float | None = None) -> None:
    """Past readings, oldest first, a second apart."""
    now = db_now()
    Reading.objects.bulk_create(
        Reading(
            run=run, check_name=name, leg=run.leg, at=now - (len(values) - at) * _SECOND,
            outcome="ok", value=value, blue=blue, status="PASS", evidence={},
        )
        for at, value in enumerate(values)
    )  # fmt: skip
