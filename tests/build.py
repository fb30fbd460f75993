"""Typed builders: a small plan, its people, and a run of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User

from migrations_app.actions import engine, shift, start
from migrations_app.actions.shift import ReadBack
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Check, Flip, Membership, Migration, Run
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from collections.abc import Sequence

CLICK = Click()


def phase(name: str, weight: float | None = None, **more: Any) -> dict[str, Any]:
    """A phase that moves `web` to `weight`, with a gate that asks the DRI alone."""
    weights = {} if weight is None else {"web": weight}
    return {"name": name, "weights": weights, "gate": {"roles": ["dri"]}, **more}


def plan_data(**changes: Any) -> dict[str, Any]:
    """A plan with one route `web`, one check `errors` and four phases; `changes` replace keys."""
    data: dict[str, Any] = {
        "migration": "orders-db",
        "title": "Orders database",
        "objectives": {"rto": "2m"},
        "roles": {"dri": ["ana"], "database": ["raj"], "infrastructure": ["lee"]},
        "routes": [{"name": "web", "title": "Web"}],
        "checks": [
            {
                "name": "errors",
                "source": "metrics",
                "query": "errors",
                "unit": "ratio",
                "window": "1m",
                "fail_when": "> 0.3 %",
            }
        ],
        "abort": [{"check": "errors"}],
        "phases": [
            phase("shadow"),
            phase("canary-1", 1),
            phase("canary-50", 50),
            phase("full", 100),
        ],
        "environments": {
            "rehearsal": {
                "kind": "rehearsal",
                "routes": {"web": {"driver": "fake", "config": {"name": "web"}}},
                "sources": {"metrics": {"kind": "fake", "config": {}, "interval": "1s"}},
            }
        },
    }
    return data | changes


def gate(*roles: str, checks: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {"roles": list(roles), "checks": list(checks), **more}


@dataclass(frozen=True)
class Room:
    """A run and its people: Ana is DRI, Raj database, Lee infrastructure, Oz holds nothing."""

    run_id: int
    ana: Actor
    raj: Actor
    lee: Actor
    oz: Actor

    @property
    def run(self) -> Run:
        return Run.objects.get(pk=self.run_id)


def room(**changes: Any) -> Room:
    """A planned run of `plan_data(**changes)`."""
    data = plan_data(**changes)
    migration = Migration.objects.create(
        slug=data["migration"], title=data["title"], plan=data, sha256="0" * 64
    )
    actors = {name: _actor(name) for name in ("ana", "raj", "lee", "oz")}
    for role, names in data["roles"].items():
        for name in names:
            holder = User.objects.get(username=name)
            Membership.objects.create(migration=migration, user=holder, role=role)
    Plan.model_validate(data)
    run = start.plan_run(migration.pk, "rehearsal", actors["ana"])
    return Room(run.pk, **actors)


def _actor(name: str) -> Actor:
    user = User.objects.create_user(name, password="correct horse")
    return Actor(name, user.pk, Via.WEB)


def started(**changes: Any) -> Room:
    """A run whose first phase was entered."""
    made = room(**changes)
    start.start(made.run_id, made.ana, CLICK)
    return made


def confirm_all(run_id: int) -> None:
    """Play the reconciler: every plane does what it is asked, and the engine takes note."""
    for flip in Flip.objects.filter(route__run_id=run_id, closed_at=None).order_by("position"):
        shift.confirm(flip.pk, ReadBack(flip.weight, "as asked"))
    run_engine(run_id)


def run_engine(run_id: int) -> None:
    """Everything that is due, one transaction each."""
    while engine.tick(run_id) is not None:
        pass


def judge(run_id: int, name: str, status: str, sentence: str = "as told") -> None:
    """Play the judge: this check has just been evaluated."""
    Check.objects.filter(run_id=run_id, name=name).update(
        status=status, sentence=f"{name} {sentence}", evaluated_at=db_now(), sampled_at=db_now()
    )


def at_gate(**changes: Any) -> Room:
    """A run whose first gate is open."""
    made = started(**changes)
    confirm_all(made.run_id)
    return made


def weight(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
