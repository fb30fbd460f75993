"""Route 53: two weighted records of one name, replaced together in a compare-and-set batch.

Route 53 lists what was written last, also while its name servers do not have it yet, and tells only
by the id of a change whether they do. Whoever wrote remembers that id and confirms nothing before
INSYNC. After a restart, and in any other process, the id is not known; therefore `lag` always
counts the minute that Route 53 gives itself, on top of the TTL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.drivers.aws.route53_check import examine
from migrations_app.drivers.aws.route53_config import PROPAGATION_S, SCALE, Route53Config
from migrations_app.drivers.aws.route53_records import pair
from migrations_app.drivers.aws.route53_sheet import sheet
from migrations_app.drivers.aws.route53_zone import Zone
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.wire.aws_refusal import AwsRefusal
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.aws.route53_records import Pair
    from migrations_app.drivers.scale import Parts

_TRIES = 3  # at a batch whose records another hand changes just then


class Route53Driver:
    """See `Route53Config` for its keys. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "route53"
    Config: ClassVar[type[BaseModel]] = Route53Config
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, finest_step="0.5")
    verify_deadline: ClassVar[float] = 60.0
    read_interval: ClassVar[float] = 10.0  # five requests a second are all that an account has
    tried: ClassVar[str] = "moto 5 with the batch rules of Route 53 before it, AWS CLI 1.46"

    def __init__(self, config: Route53Config) -> None:
        self._config = config
        self._zone = Zone(config)

    def __repr__(self) -> str:
        return f"Route53Driver({self._config.host})"

    @property
    def lag(self) -> float:
        return float(self._config.ttl + PROPAGATION_S)

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights; `Transient` until a change of ours is INSYNC."""
        deadline = self._deadline()
        both = self._pair(deadline)
        self._zone.settled(deadline)
        return Observed(both.share, both.token, _told(both))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Both in one batch that Route 53 refuses if either is not what was read just before.

        Without a token it is tried again on what the other hand left, three times in all.
        """
        parts, deadline = self._parts(weight), self._deadline()
        for _ in range(_TRIES if token is None else 1):
            both = self._pair(deadline)
            if token is not None and token != both.token:
                raise Conflict(f"{self._config.label} was changed since it was read.")
            if self._replaced(both, parts, deadline):
                return
        raise Conflict(f"{self._config.label} is being changed by somebody else.")

    def preview(self, weight: Decimal) -> list[str]:
        parts = self._parts(weight)
        try:
            now = f"now {_told(self._pair(self._deadline()))}"
        except SeamError as error:
            now = f"now unknown: {error}"
        sides = f"{self._config.blue} to {parts.blue}, {self._config.green} to {parts.green}"
        return [f"{self._config.label}: {sides} ({now}); resolvers follow within {self.lag:g} s"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`aws` with whatever login it has; it needs the same rights as we do."""
        return sheet(self._config, self._parts(weight))

    def check(self) -> list[Finding]:
        return list(examine(self._zone, self._config, self._deadline()))

    def close(self) -> None:
        self._zone.close()

    def _replaced(self, both: Pair, parts: Parts, deadline: Deadline) -> bool:
        """False where another hand was quicker. Route 53 has one code for that and for a batch
        that it will never take, so the records are read once more."""
        batch = both.batch(parts)
        if not batch:
            return True
        try:
            self._zone.replace(batch, deadline)
        except AwsRefusal as refusal:
            if refusal.code == "InvalidChangeBatch" and self._pair(deadline).token != both.token:
                return False
            raise
        return True

    def _pair(self, deadline: Deadline) -> Pair:
        return pair(self._zone.records(deadline), self._config)

    def _parts(self, weight: Decimal) -> Parts:
        if why := self.cannot(weight):
            raise Permanent(why)
        return SCALE.parts(weight)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())


def _told(both: Pair) -> str:
    blue, green = both.weights
    if not blue and not green:
        return "blue 0, green 0: Route 53 takes turns"
    return f"blue {blue}, green {green}"
