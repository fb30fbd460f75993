"""A small migration, its people, and ways to bring a run where a test wants it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.models import User

from migrations_app.actions import engine, shift
from migrations_app.actions.start import plan_run, start
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.plan.people import Role
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.models import Check, Flip, Membership, Migration, Reading, Run
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.drivers.fake.plane import FakePlane

_NUMBERS = itertools.count(1)
_SECOND: Final = timedelta(seconds=1)

PEOPLE: Final = {
    "ana": Role.DRI,
    "ravi": Role.DATABASE,
    "lena": Role.INFRASTRUCTURE,
    "kim": Role.COMMS_LEAD,
    "otto": Role.OBSERVER,
}

CHECKS: Final[list[dict[str, Any]]] = [
    {
        "name": "errors",
        "title": "Failed requests",
        "unit": "%",
        "fail_when": "> 0.3 %",
        "consecutive": 2,
    },
    {
        "name": "p95",
        "title": "p95 response time",
        "blue_query": "p95 of blue",
        "unit": "ms",
        "fail_when": "> +25 % vs blue",
        "hold": "10m",
    },
    {"name": "lag", "title": "Replication lag", "unit": "s", "pass_when": "< 2 s", "hold": "1m"},
]

PHASES: Final[list[dict[str, Any]]] = [
    {
        "name": "canary",
        "title": "Canary 5 %",
        "weights": {"web": 5, "flag": 5},
        "steps": [{"name": "look", "title": "Look at the dashboards", "owner": "database"}],
        "gate": {
            "checks": ["errors", "p95", "lag"],
            "roles": ["dri", "database"],
            "deadline": "30m",
        },
    },
    {
        "name": "half",
        "title": "Half",
        "weights": {"web": 50, "flag": 50},
        "hold": "2m",
        "gate": {"checks": ["errors"]},
    },
    {
        "name": "all",
        "title": "Everything",
        "weights": {"web": 100, "flag": 100},
        "abort_policy": "freeze",
        "point_of_no_return": True,
        "gate": {"checks": ["errors"]},
    },
]


def plan_data(number: int) -> dict[str, Any]:
    """A plan whose planes and source are this test's own."""
    routes = {
        name: {"driver": "fake", "config": {"name": f"room-{name}-{number}"}}
        for name in ("web", "flag")
    }
    source = {"kind": "fake", "config": {"name": f"room-{number}"}, "interval": "5s"}
    return {
        "migration": f"orders-db-{number}",
        "title": "Move orders to the new database",
        "objectives": {"rto": "2m", "error_budget": {"share": "10 %", "window": "24h"}},
        "roles": {role.value: [name] for name, role in PEOPLE.items()},
        "routes": [
            {"name": "web", "title": "Web traffic"},
            {"name": "flag", "title": "Read path", "rank": 1},
        ],
        "checks": [{"source": "metrics", "query": one["name"], **one} for one in CHECKS],
        "abort": [{"check": "errors"}, {"check": "p95", "from_phase": "half"}],
        "phases": PHASES,
        "rollback": {"expected": "40s"},
        "environments": {
            "rehearsal": {"kind": "rehearsal", "routes": routes, "sources": {"metrics": source}}
        },
    }


@dataclass(frozen=True, slots=True)
class World:
    """A migration, one run of it, and its people by name. `stranger` holds no role in it."""

    number: int
    run_id: int
    users: Mapping[str, User]

    @property
    def run(self) -> Run:
        return Run.objects.get(pk=self.run_id)

    def actor(self, name: str) -> Actor:
        return Actor(name, self.users[name].pk, Via.WEB)

    def plane(self, route: str) -> FakePlane:
        return FakeDriver(FakeConfig(name=f"room-{route}-{self.number}")).plane


def world(**changes: Any) -> World:
    """A planned run of `plan_data`; `changes` replace keys of the plan."""
    number = next(_NUMBERS)
    data = plan_data(number) | changes
    users = {name: _user(name) for name in (*PEOPLE, "stranger")}
    migration = Migration.objects.create(
        slug=data["migration"], title=data["title"], plan=data, sha256="0" * 64
    )
    for name, role in PEOPLE.items():
        Membership.objects.create(migration=migration, user=users[name], role=role)
    run = plan_run(migration.pk, "rehearsal", Actor("ana", users["ana"].pk, Via.WEB))
    return World(number, run.pk, users)


def _user(name: str) -> User:
    user: User | None = User.objects.filter(username=name).first()
    return user or User.objects.create_user(name, password=name)


def started(one: World) -> World:
    """In its first phase, weights on their way."""
    start(one.run_id, one.actor("ana"), Click())
    return one


def settled(one: World) -> World:
    """Every weight asked for was read back, and the engine did what was due."""
    for flip in Flip.objects.filter(route__run=one.run_id, closed_at=None):
        shift.confirm(flip.pk, shift.ReadBack(flip.weight, f"green {flip.weight}/100"))
    while engine.tick(one.run_id) is not None:
        pass
    return one


def at_gate(**changes: Any) -> World:
    """In its first phase with the gate open, and no check read yet."""
    return settled(started(world(**changes)))


def judged(one: World, name: str, status: str, sentence: str = "as told") -> None:
    """A check has this verdict now."""
    now = db_now()
    Check.objects.filter(run=one.run_id, name=name).update(
        status=status,
        sentence=sentence,
        value=1.0,
        evaluated_at=now,
        sampled_at=now,
        changed_at=now,
        evidence={"blue": {"value": 204.0}},
    )


def all_pass(one: World) -> World:
    """Every check passes, as of now."""
    for check in CHECKS:
        judged(one, check["name"], "PASS", f"{check['name']} is fine")
    return one


def ready(**changes: Any) -> World:
    """A gate that waits for the database's sign-off and for nothing else."""
    gate = {"checks": ["errors", "p95", "lag"], "roles": ["dri", "database"], "deadline": "30m"}
    first = {**PHASES[0], "steps": [], "gate": gate}
    phases = [first, *PHASES[1:]]
    return all_pass(at_gate(**({"phases": phases} | changes)))


def readings(
    one: World, name: str, values: Sequence[float | None], blue: float | None = None
) -> None:
    """Past readings, oldest first, a second apart."""
    now = db_now()
    Reading.objects.bulk_create(
        Reading(
            run_id=one.run_id,
            check_name=name,
            leg=1,
            at=now - (len(values) - at) * _SECOND,
            outcome="empty" if value is None else "ok",
            value=value,
            blue=blue,
            status="PASS",
            evidence={},
        )
        for at, value in enumerate(values)
    )
