"""The next change that brings a Rollout nearer to a weight, or why there is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig
from migrations_app.drivers.kube.patch import put, remove, test
from migrations_app.drivers.kube.rollout import PAUSED_AT_STEP, Rollout, is_rest, unheld
from migrations_app.drivers.share import malformed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op

ABORT: Final = "/status/abort"
PAUSES: Final = "/status/pauseConditions"
INDEX: Final = "/status/currentStepIndex"
_GONE: Final = (
    "GREEN has become its stable version, so there is nothing left to abort. To go back, roll out "
    "BLUE's image again (`kubectl argo rollouts undo`)."
)


@dataclass(frozen=True, slots=True)
class Canary:
    """The next change on the way to a weight."""

    name: str
    green: str
    weights: tuple[int, ...]

    def of(self, obj: Obj) -> Rollout:
        return Rollout(self.name, self.green, obj)

    def cannot(self, weight: Decimal) -> str | None:
        if wrong := malformed(weight):
            return wrong
        if weight in {0, *self.weights}:
            return None
        rests = ", ".join(str(step) for step in (0, *self.weights))
        return f"{self.name} rests at {rests} % only: it can't be asked for {plain(weight)} %."

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        rollout = self.of(obj)
        share = rollout.share()
        return share, f"green {plain(share)}/100, {rollout.where()}"

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        """One change; none where nothing is to be done but to wait."""
        if obj is None:
            return [remove(PAUSES)] if weight else [put(ABORT, value=True)]
        rollout = self.of(obj)
        return self._up(rollout, int(weight)) if weight else self._down(rollout)

    def shown(self, obj: Obj | None) -> str:
        return ".status.canary.weights"

    def findings(self, obj: Obj) -> Iterator[Finding]:
        rollout = self.of(obj)
        share, detail = self.seen(obj)
        gone = rollout.over and share == 100
        told = f"{self.name}: {detail}."
        yield Finding(ok=not gone, what=self.name, sentence=_GONE if gone else told)
        wrong = unheld(rollout, self.weights)
        if not wrong:
            sentence = f"{self.name} rests at every weight that may be asked for."
            yield Finding(ok=True, what=f"steps of {self.name}", sentence=sentence)
        for sentence in wrong:
            yield Finding(ok=False, what=f"steps of {self.name}", sentence=sentence)
        if not (rollout.steps and is_rest(rollout.steps[0])):
            sentence = (
                f"{self.name} does not begin with `pause: {{}}`: as soon as GREEN's image is set, "
                "traffic goes there before anybody has said Go."
            )
            yield Finding(ok=False, what=f"steps of {self.name}", sentence=sentence)

    def _down(self, rollout: Rollout) -> list[Op]:
        if rollout.over and rollout.is_green:
            raise Permanent(f"{self.name}: {_GONE}")
        if rollout.over or rollout.rests_at_baseline():
            return []
        return [put(ABORT, value=True)]

    def _up(self, rollout: Rollout, weight: int) -> list[Op]:
        rollout.must_have_weights()
        rollout.must_be_seen()
        self._must_be_green(rollout)
        if rollout.over:
            return []
        goal = rollout.goal(weight)
        if rollout.aborted:
            return [test(ABORT, value=True), put(ABORT, value=False)]
        if rollout.index > goal:
            raise Permanent(
                f"{self.name} is past {weight} % ({rollout.where()}), and goes down only by being "
                "aborted. Roll back first."
            )
        self._must_be_promotable(rollout)
        if rollout.index < goal and rollout.at_rest():
            return [test(INDEX, rollout.index), remove(PAUSES)]
        return []

    def _must_be_green(self, rollout: Rollout) -> None:
        if not rollout.is_green:
            raise Permanent(
                f"{self.name} is not rolling out {self.green}: set that image in its template, and "
                "it will rest before the first step."
            )

    def _must_be_promotable(self, rollout: Rollout) -> None:
        if dig(rollout.obj, "spec", "paused"):
            raise Permanent(f"{self.name} was paused by a person (spec.paused): resume it first.")
        if others := rollout.reasons - {PAUSED_AT_STEP}:
            raise Permanent(
                f"{self.name} is paused for another reason ({', '.join(sorted(others))}): look at "
                "its analysis, and decide there."
            )
