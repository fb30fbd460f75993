"""Argo Rollouts: promoted step by step until GREEN has its share, aborted for the way back.

The controller owns the weights; nothing sets an arbitrary one. Editing the steps would begin the
rollout anew, so they are left alone. Promoting is not idempotent (twice is two steps), so every
promotion is sent once, behind a test of the version and the step that were read. Going down means
to abort, which leads to 0 and nowhere else; going up again after that begins at the first step.

The last rest is at 100 with BLUE still there. It is never promoted from here: that would make
GREEN the stable version, and then there is nothing left to abort.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.errors import Transient
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube.api import dig, fingerprint
from migrations_app.drivers.kube.canary import ABORT, INDEX, PAUSES, Canary
from migrations_app.drivers.kube.driver import KubeDriver
from migrations_app.drivers.kube.patch import put, remove, test
from migrations_app.drivers.kube.rollouts_config import RolloutConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.wire.deadline import Deadline

_LOOK_S: Final = 0.25


class RolloutsDriver(KubeDriver):
    """A route whose sides are a Rollout's stable version and its canary. See `RolloutConfig`."""

    kind: ClassVar[str] = "argo-rollouts"
    Config: ClassVar[type[BaseModel]] = RolloutConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True)
    verify_deadline: ClassVar[float] = 300.0
    subresource: ClassVar[str] = "status"
    tried: ClassVar[str] = "a fake API server with Argo's own schema and a controller in small"

    def __init__(self, config: RolloutConfig) -> None:
        self._canary = Canary(str(config.thing), config.green, config.steps)
        super().__init__(config, config.thing, self._canary)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Abort, or promote as often as it takes. `Transient` where the time of a call was not
        enough to come to the last promotion: the next call goes on from there."""
        self._refuse(weight)
        deadline = self._deadline()
        while self._more_to_do(self._write(weight, token, deadline), weight):
            token = None  # from here on it is we who move it
            self._nap(deadline)

    def preview(self, weight: Decimal) -> list[str]:
        """The first change, and how many promotions follow it."""
        lines = super().preview(weight)
        obj, _ = self._glance(self._deadline())
        more = self._promotions(obj, weight) if obj else 0
        return [*lines, f"{more} promotions in all"] if more > 1 else lines

    def manual_commands(self, weight: Decimal) -> list[str]:
        """Aborting is one line from wherever it is. Promotions are a line each, with the step that
        each is for: one typed too early is refused and can be typed again."""
        self._refuse(weight)
        shown = self._thing.read(self._hand.shown(None))
        if not weight:
            return [self._thing.patched([put(ABORT, value=True)], self.subresource), shown]
        obj, unread = self._glance(self._deadline())
        if obj is None:
            return [f"# How many promotions it takes can't be seen now. {unread}"]
        self._canary.ops(obj, weight)  # refuses what can't be reached from here
        rollout = self._canary.of(obj)
        again = [[put(ABORT, value=False)]] if rollout.aborted else []
        rests = rollout.rests_before(rollout.goal(int(weight)))
        promotions = [[test(INDEX, at), remove(PAUSES)] for at in rests]
        typed = [self._thing.patched(ops, self.subresource) for ops in [*again, *promotions]]
        return [*typed, shown]

    def _token(self, obj: Obj) -> str:
        """The controller's own bookkeeping decides nothing; how far it is does."""
        rollout = self._canary.of(obj)
        pods = dig(obj, "status", "currentPodHash"), dig(obj, "status", "stableRS")
        return fingerprint(obj, obj.get("spec"), rollout.index, rollout.aborted, pods)

    def _more_to_do(self, obj: Obj, weight: Decimal) -> bool:
        """Whether more follows the change that was made to what was `obj`."""
        rollout = self._canary.of(obj)
        if not weight or rollout.over:
            return False
        promoted = bool(self._canary.ops(obj, weight)) and not rollout.aborted
        return rollout.aborted or self._promotions(obj, weight) > promoted

    def _nap(self, deadline: Deadline) -> None:
        """Let the controller work; `Transient` where no time is left for another look."""
        if _spare(deadline) <= _LOOK_S:
            raise Transient(f"{self._thing} is on its way, and has not come to its last rest.")
        time.sleep(_LOOK_S)

    def _promotions(self, obj: Obj, weight: Decimal) -> int:
        rollout = self._canary.of(obj)
        return len(rollout.rests_before(rollout.goal(int(weight)))) if weight else 0

    def _hands(self, obj: Obj) -> Iterator[Finding]:
        """Nobody but its controller writes a status, and that is whom we drive."""
        yield from ()

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        if not self._canary.of(obj).is_green:
            sentence = f"{self._thing} is not rolling out {self._canary.green} yet."
            yield Finding(ok=True, what=f"image of {self._thing}", sentence=sentence)


def _spare(deadline: Deadline) -> float:
    try:
        return deadline.left()
    except TimeoutError:
        return 0.0
