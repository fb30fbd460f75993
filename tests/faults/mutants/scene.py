"""A run on the real verbs and a real PostgreSQL, played by hand, and all that is known of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from migrations_app.actions import gate, rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import bring_back
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.invariants.night import Answer, Write
from migrations_app.domain.states import Verb
from migrations_app.drivers.fake.lines import Outcome
from migrations_app.models import Event
from migrations_app.reads.night import night_of
from tests.build import phase

if TYPE_CHECKING:
    from migrations_app.domain.invariants.night import Night
    from tests.build import Room
    from tests.conductor.conftest import House

CHECKED = {"gate": {"roles": ["dri"], "checks": ["errors"]}}
PHASES = [phase("half", 50, **CHECKED), phase("more", 75, **CHECKED), phase("all", 100)]


@dataclass
class Scene:
    """`answers`: what clients were told. Their clock only counts."""

    house: House
    made: Room | None = None
    answers: list[Answer] = field(default_factory=list)
    clock: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def room(self) -> Room:
        assert self.made is not None, "nothing has begun"
        return self.made

    def begin(self, interval: str = "1s", **changes: Any) -> None:
        """Started; the plane compares no versions, as most do not."""
        environments = self.house.environments(compare_and_set=False)
        environments["rehearsal"]["sources"]["metrics"]["interval"] = interval
        plan = {"environments": environments, "phases": PHASES} | changes
        self.made = self.house.started(**plan)

    def settle(self) -> None:
        """Everything goes well, up to the open gate and a first verdict in it."""
        self.house.settle(self.room)
        self.house.read(self.room)

    def go(self, revision: int | None = None) -> None:
        """Ana says Go on a screen of `revision`, or of now. She may be refused."""
        began, run = next(self.clock), self.room.run
        click = Click(revision=run.revision if revision is None else revision)
        try:
            seq: int | None = gate.go(run.pk, self.room.ana, click).seq
        except Refused:
            seq = None
        self._told(Verb.GO, seq, began, click.revision)

    def latch(self) -> None:
        """Lee calls the way back, is told so, and then his web process dies."""
        began = next(self.clock)
        rollback.latch(self.room.run_id, self.room.lee, Back(reason="the phone rings"))
        self._told(Verb.ROLL_BACK, None, began, None)

    def bring_back(self) -> None:
        """Somebody finds the latch and finishes."""
        bring_back(self.room.run_id)
        self.house.visit(self.room, times=2)

    def _told(self, verb: Verb, seq: int | None, began: float, revision: int | None) -> None:
        leg, ended = self.room.run.leg, next(self.clock)
        self.answers.append(Answer(verb, "", revision, leg, seq, began, ended))

    def night(self) -> Night:
        """All that is known of it, now that all is quiet."""
        plane, run = self.house.plane(), self.room.run
        writes = [
            Write("web", one.weight, datetime.fromtimestamp(one.at or 0, UTC))
            for one in plane.writes()
            if one.pid is not None and one.outcome is Outcome.APPLIED
        ]
        answers = [self._acknowledged(one) for one in self.answers]
        planes = {"web": plane.state().weight}
        return replace(night_of(run), writes=writes, answers=answers, planes=planes)

    def _acknowledged(self, told: Answer) -> Answer:
        """A latch is an entry as soon as somebody has written it down."""
        if told.verb != Verb.ROLL_BACK:
            return told
        found = Event.objects.filter(run_id=self.room.run_id, verb=told.verb, leg=told.leg)
        return replace(told, seq=found.values_list("seq", flat=True).first())
