"""A run behind a real HAProxy that can be sent forward and clicked back, again and again."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from django.db import transaction

from migrations_app.actions import rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor import seams
from migrations_app.conductor.reconcile import reconcile
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.states import State
from migrations_app.models import Beat, Event, Flip, Route, Run
from tests.build import phase, plan_data, run_engine, started

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor
    from migrations_app.drivers.base import Observed
    from tests.real_haproxy import RealHAProxy

HALF, NONE = Decimal(50), Decimal(0)


class Bench:
    """`bare`, `commit`, `back`, `weight` and `click` are what is timed; `forward` comes before
    each."""

    def __init__(self, balancer: RealHAProxy) -> None:
        made = started(**_plan(balancer))
        self.who: Actor = made.lee
        self.run = made.run
        self.route = Route.objects.get(run=self.run)
        self.driver = seams.driver(self.route.kind, self.route.config, "routes.web")
        reconcile(self.route.pk)
        run_engine(self.run.pk)

    def forward(self) -> None:
        """Half of the traffic is on GREEN, and the run is at its gate in a fresh leg."""
        self.driver.apply(HALF, None)
        Flip.objects.filter(route=self.route, closed_at=None).update(closed_at=self.run.started_at)
        Route.objects.filter(pk=self.route.pk).update(desired=HALF, lease_until=None)
        self.run.refresh_from_db()
        self.run.gates.filter(closed_at=None).update(closed_at=self.run.started_at)
        leg = self.run.leg + 1
        Run.objects.filter(pk=self.run.pk).update(state=State.GATE, leg=leg)
        self.run.gates.create(leg=leg, phase=0, round=1, opened_at=self.run.started_at)

    def bare(self) -> None:
        """The driver alone: set it, read it back."""
        self.driver.apply(NONE, None)
        assert self.driver.observe().weight == NONE

    def commit(self) -> None:
        """One transaction that takes the run's row, inserts and updates."""
        with transaction.atomic():
            run = Run.objects.select_for_update(no_key=True).get(pk=self.run.pk)
            Beat.objects.create(name=f"bench {Event.objects.count()} {Beat.objects.count()}")
            run.save(update_fields=["why"])

    def weight(self) -> None:
        """The part of a click after which the plane is back and was read."""
        rollback.latch(self.run.pk, self.who, Back(reason="bench"))
        reconcile(self.route.pk, force=True)
        assert Route.objects.values_list("observed", flat=True).get(pk=self.route.pk) == NONE

    def back(self) -> float:
        """Of a click, the part until the plane was read back at its baseline, in seconds."""
        seen: list[float] = []
        observe = self.driver.observe

        def noted() -> Observed:
            found = observe()
            if found.weight == NONE:
                seen.append(time.perf_counter())
            return found

        began = time.perf_counter()
        with patch.object(self.driver, "observe", noted):
            self.click()
        return seen[0] - began

    def click(self) -> None:
        """What the web process does at a click."""
        (back,) = roll_back(self.run.pk, self.who, Back(reason="bench"))
        assert back.confirmed_at is not None


def _plan(balancer: RealHAProxy) -> dict[str, Any]:
    config = {"address": balancer.tcp, "backend": "app", "blue": "blue", "green": "green"}
    data = plan_data(phases=[phase("half", 50), phase("all", 100)])
    data["environments"]["rehearsal"]["routes"]["web"] = {"driver": "haproxy", "config": config}
    return data
