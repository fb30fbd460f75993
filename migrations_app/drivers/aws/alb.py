"""AWS Application Load Balancer: the weights of two target groups in one forward action.

AWS keeps no version of a rule. The token is a digest of its actions as read; a write with a token
reads them again and compares, which leaves one round trip in which another hand is not seen.
Unverified against AWS itself: the errors of ModifyRule for a listener's default rule, and whether
`describe-rules` always leaves out TargetGroupArn once there are two groups (we drop it ourselves).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.drivers.aws.alb_actions import share, short, weights_of, with_parts
from migrations_app.drivers.aws.alb_check import examine
from migrations_app.drivers.aws.alb_config import SCALE, AlbConfig
from migrations_app.drivers.aws.alb_plane import Alb
from migrations_app.drivers.aws.alb_sheet import change, sheet
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.digest import digest
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.aws.alb_actions import Action
    from migrations_app.drivers.scale import Parts


class AlbDriver:
    """See `AlbConfig` for its keys. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "aws-alb"
    Config: ClassVar[type[BaseModel]] = AlbConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, just_before=True, finest_step="0.1"
    )
    verify_deadline: ClassVar[float] = 60.0
    read_interval: ClassVar[float] = 5.0
    tried: ClassVar[str] = "moto 5 (an emulator of AWS), typed lines also with AWS CLI 1.46"
    lag = 0.0

    def __init__(self, config: AlbConfig) -> None:
        self._config = config
        self._alb = Alb(config)

    def __repr__(self) -> str:
        return f"AlbDriver({self._config.host})"

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights. Every weight 0 is a share that nobody asks for."""
        actions = self._alb.actions(self._deadline())
        return Observed(share(actions, self._config), digest(actions), self._told(actions))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Both sides in one request. GREEN gets more only where a target of it is healthy."""
        parts, deadline = self._parts(weight), self._deadline()
        actions = self._alb.actions(deadline)
        if token is not None and token != digest(actions):
            raise Conflict(f"{short(self._config.arn)} was changed since it was read.")
        wanted = with_parts(actions, self._config, parts)
        if weight > share(actions, self._config):
            self._alb.preflight(actions, deadline)
        self._alb.write(wanted, deadline)

    def preview(self, weight: Decimal) -> list[str]:
        parts = self._parts(weight)
        try:
            now = "now " + self._told(self._alb.actions(self._deadline()))
        except SeamError as error:
            now = f"now unknown: {error}"
        return [change(self._config, parts, now)]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`aws` with whatever login it has; it needs the same rights as we do."""
        return sheet(self._config, self._parts(weight))

    def check(self) -> list[Finding]:
        return list(examine(self._alb, self._config, self._deadline()))

    def close(self) -> None:
        self._alb.close()

    def _parts(self, weight: Decimal) -> Parts:
        if why := self.cannot(weight):
            raise Permanent(why)
        return SCALE.parts(weight)

    def _told(self, actions: Sequence[Action]) -> str:
        weights = weights_of(actions)
        sides = (("blue", self._config.blue), ("green", self._config.green))
        return ", ".join(f"{name} {weights.get(arn, 'absent')}" for name, arn in sides)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())
