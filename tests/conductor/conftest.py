"""A run on fake parts that really move: fresh planes, one source, one channel, per test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import engine
from migrations_app.channels.fake.channel import FakeChannel
from migrations_app.channels.fake.channel import FakeConfig as ChannelConfig
from migrations_app.conductor import due, seams
from migrations_app.conductor.evaluate import evaluate
from migrations_app.conductor.reconcile import reconcile
from migrations_app.conductor.relay import relay
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeConfig as PlaneConfig
from migrations_app.drivers.fake.driver import FakeDriver
from migrations_app.models import ChannelPost, Event, Flip, Route, SourceTick
from migrations_app.models.clock import db_now
from migrations_app.sources.fake.source import FakeConfig as SourceConfig
from migrations_app.sources.fake.source import FakeSource
from tests.build import Room, plan_data, room, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.drivers.fake.plane import FakePlane

_NUMBERS = itertools.count(1)


@dataclass
class House:
    """The outside world of one test, and the processes of Warroom, called by hand."""

    number: int = field(default_factory=lambda: next(_NUMBERS))

    def plane(self, route: str = "web") -> FakePlane:
        return FakeDriver(PlaneConfig(name=f"{route}-{self.number}")).plane

    @property
    def source(self) -> FakeSource:
        return FakeSource(SourceConfig(name=f"metrics-{self.number}"))

    @property
    def channel(self) -> FakeChannel:
        return FakeChannel(ChannelConfig(name=f"team-{self.number}"))

    def environments(self, *routes: str, **options: Any) -> dict[str, Any]:
        bound = {
            name: {"driver": "fake", "config": {"name": f"{name}-{self.number}", **options}}
            for name in routes or ("web",)
        }
        return {
            "rehearsal": {
                "kind": "rehearsal",
                "routes": bound,
                "sources": {
                    "metrics": {
                        "kind": "fake",
                        "config": {"name": f"metrics-{self.number}"},
                        "interval": "1s",
                    }
                },
                "channels": {"team": {"kind": "fake", "config": {"name": f"team-{self.number}"}}},
            }
        }

    def planned(self, *routes: str, **changes: Any) -> Room:
        return room(**self._plan(*routes, **changes))

    def started(self, *routes: str, **changes: Any) -> Room:
        self.source.set("errors", 0.0)
        return started(**self._plan(*routes, **changes))

    def _plan(self, *routes: str, **changes: Any) -> dict[str, Any]:
        named = [{"name": name} for name in routes or ("web",)]
        defaults = {"environments": self.environments(*routes), "routes": named}
        return plan_data(**defaults | changes)

    def visit(self, made: Room, *, times: int = 1) -> None:
        """The traffic worker visits every route, in their order."""
        for _ in range(times):
            for route in Route.objects.filter(run_id=made.run_id):
                reconcile(route.pk)

    def read(self, made: Room) -> None:
        """The metrics worker reads every source once more."""
        for tick in SourceTick.objects.filter(run_id=made.run_id):
            tick.slot += 1
            tick.due_at = db_now()
            tick.save(update_fields=["slot", "due_at"])
            evaluate(tick.pk)

    def tick(self, made: Room) -> None:
        while engine.tick(made.run_id) is not None:
            pass

    def settle(self, made: Room) -> None:
        """Until the open gate, everything going well."""
        for _ in range(10):
            self.visit(made)
            self.read(made)
            self.tick(made)
            if made.run.state == State.GATE:
                return
        raise AssertionError(f"no open gate: {made.run.state} {made.run.why}")

    def say(self, made: Room, *, times: int = 1) -> None:
        """The outbox worker sends what it may."""
        for _ in range(times):
            ChannelPost.objects.filter(run_id=made.run_id).update(not_before=None)
            for post in ChannelPost.objects.filter(run_id=made.run_id):
                relay(post.pk)

    def kinds(self, made: Room) -> list[str]:
        rows = Event.objects.filter(run_id=made.run_id).order_by("seq")
        return list(rows.values_list("kind", flat=True))

    def desired(self, made: Room) -> dict[str, Decimal]:
        return dict(Route.objects.filter(run_id=made.run_id).values_list("name", "desired"))

    def weights(self, *routes: str) -> list[float]:
        """GREEN's share as the planes themselves have it."""
        return [float(self.plane(name).state().weight) for name in routes or ("web",)]

    def open_flips(self, made: Room) -> int:
        return Flip.objects.filter(route__run_id=made.run_id, closed_at=None).count()

    due = due


@pytest.fixture
def house() -> Iterator[House]:
    yield House()
    seams.forget()
