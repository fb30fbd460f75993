"""A Rollout as Argo's controller keeps it: its steps, how far it is, and who has which share. Pure.

BLUE is the stable version, GREEN the canary. A Rollout stands still only at a `pause` without a
duration, so only the weights that are set right before such a pause can be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.drivers.kube.api import dig, number, objects
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.kube.api import Obj

PAUSED_AT_STEP = "CanaryPauseStep"


@dataclass(frozen=True, slots=True)
class Rollout:
    """`name` begins sentences; `green` is the image that tells GREEN."""

    name: str
    green: str
    obj: Obj

    @property
    def steps(self) -> list[Obj]:
        return objects(self.obj, "spec", "strategy", "canary", "steps")

    @property
    def index(self) -> int:
        return number(self.obj, "status", "currentStepIndex") or 0

    @property
    def aborted(self) -> bool:
        return dig(self.obj, "status", "abort") is True

    @property
    def reasons(self) -> set[str]:
        """Why it is paused."""
        return {str(one.get("reason")) for one in objects(self.obj, "status", "pauseConditions")}

    @property
    def is_green(self) -> bool:
        """Whether what is being rolled out, or has been, is GREEN."""
        containers = objects(self.obj, "spec", "template", "spec", "containers")
        return self.green in {one.get("image") for one in containers}

    @property
    def over(self) -> bool:
        """Whether there is no canary: none yet, or none any more."""
        stable = dig(self.obj, "status", "stableRS")
        same = bool(stable) and stable == dig(self.obj, "status", "currentPodHash")
        return same and self._is_seen()

    def where(self) -> str:
        """For people."""
        phase = "aborted" if self.aborted else str(dig(self.obj, "status", "phase") or "no phase")
        return f"step {self.index} of {len(self.steps)}, {phase}"

    def share(self) -> Decimal:
        """GREEN's share. `Transient` while the controller has not seen what is written, or its
        load balancer has not confirmed what it was told; `Permanent` where it has no weights."""
        self.must_have_weights()
        self.must_be_seen()
        if self.over:
            return Decimal(100 if self.is_green else 0)
        weights = dig(self.obj, "status", "canary", "weights")
        if not weights:
            raise Transient(f"{self.name}: its controller has not written any weights yet.")
        if dig(weights, "verified") is False:
            raise Transient(f"{self.name}: the load balancer has not confirmed its weights yet.")
        return self._split(weights)

    def must_have_weights(self) -> None:
        """`Permanent` where steps are not percent of the traffic."""
        routing = dig(self.obj, "spec", "strategy", "canary", "trafficRouting")
        if not isinstance(routing, dict):
            raise Permanent(
                f"{self.name} does not split traffic: it needs spec.strategy.canary.trafficRouting."
            )
        if routing.get("maxTrafficWeight") not in {None, 100}:
            raise Permanent(f"{self.name}: with maxTrafficWeight its steps are not percent.")

    def must_be_seen(self) -> None:
        """`Transient` while the status speaks of something older than what is written."""
        if not self._is_seen():
            raise Transient(f"{self.name}: its controller has not seen the newest version yet.")

    def goal(self, weight: int) -> int:
        """The pause at which GREEN has `weight`; `Permanent` where the steps have no such."""
        share, most = 0, 0
        for at, step in enumerate(self.steps):
            share = _set(step, share)
            most = max(most, share)
            if share == weight == most and is_rest(step):
                return at
        raise Permanent(
            f"{self.name} never rests at {weight} %. Give it `setWeight: {weight}` and right "
            "after it `pause: {}`, in rising order."
        )

    def target(self, index: int) -> int:
        """The weight that the steps up to this one set."""
        share = 0
        for step in self.steps[: index + 1]:
            share = _set(step, share)
        return share

    def rests_before(self, goal: int) -> list[int]:
        """Pauses between here and there, each of which takes a promotion."""
        start = 0 if self.aborted else self.index
        return [at for at in range(start, goal) if is_rest(self.steps[at])]

    def at_rest(self) -> bool:
        """Whether it waits at a pause step for somebody to promote it."""
        waits = self.reasons == {PAUSED_AT_STEP} and not self.aborted
        return waits and self.index < len(self.steps) and is_rest(self.steps[self.index])

    def rests_at_baseline(self) -> bool:
        """Whether GREEN has nothing and is about to get nothing."""
        return self.aborted or (self.at_rest() and self.target(self.index) == 0)

    def _is_seen(self) -> bool:
        seen = str(dig(self.obj, "status", "observedGeneration") or "")
        written = number(self.obj, "metadata", "generation") or 0
        return not seen.isdigit() or int(seen) >= written

    def _split(self, weights: Obj) -> Decimal:
        others = sum(number(one, "weight") or 0 for one in objects(weights, "additional"))
        if others:
            raise Permanent(f"{self.name}: an experiment has {others} % of the traffic.")
        canary, stable = (number(weights, side, "weight") or 0 for side in ("canary", "stable"))
        share = share_of(stable, canary)
        if share is None:
            raise Transient(f"{self.name}: nobody has a share by its status.")
        return share


def is_rest(step: Obj) -> bool:
    """A pause without a duration."""
    return isinstance(step.get("pause"), dict) and step["pause"].get("duration") is None


def unheld(rollout: Rollout, weights: Sequence[int]) -> list[str]:
    """Why some weights can't be held, a sentence each."""
    found = []
    for weight in weights:
        try:
            rollout.goal(weight)
        except Permanent as error:
            found.append(str(error))
    return found


def _set(step: Obj, share: int) -> int:
    told = number(step, "setWeight")
    return share if told is None else told
