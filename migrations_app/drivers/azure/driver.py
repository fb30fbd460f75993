"""Azure Front Door and Traffic Manager: two sides by weight, each written by itself.

Azure shows no version of either. The token is a digest of what was read, compared with what is
there just before the first write. Unverified against Azure: that none of them honours an ETag, how
long edges and name servers take, and which other states a provisioning may be in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient
from migrations_app.domain.finding import Finding
from migrations_app.drivers.azure.config import SCALE, FrontDoorConfig, TrafficManagerConfig
from migrations_app.drivers.azure.front_door import FrontDoor
from migrations_app.drivers.azure.sheet import sheet
from migrations_app.drivers.azure.sides import blind, pair, properties
from migrations_app.drivers.azure.traffic_manager import TrafficManager
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.azure.balance import Balance
    from migrations_app.drivers.azure.config import AzurePlace
    from migrations_app.drivers.azure.sides import Pair, Write
    from migrations_app.drivers.scale import Parts


class _AzureDriver:
    """What both have in common. Its `repr` shows the host and nothing else."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, just_before=True, finest_step="0.1"
    )

    def __init__(self, config: AzurePlace, balance: Balance, api_version: str) -> None:
        self._place = config
        self._balance = balance
        self._api_version = api_version

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._place.host})"

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights of what is switched on; `Transient` while Azure is still
        carrying out a change."""
        both = self._pair(self._deadline())
        for side in (both.blue, both.green):
            if not side.settled:
                raise Transient(f"Azure is still carrying out a change of {side.name}.")
        return Observed(both.share, both.token, str(both))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """One side after the other, the one that gains first; the second is not lowered before
        Azure says that the first is done. Cut short, it goes on from there when called again."""
        parts, deadline = self._parts(weight), self._deadline()
        both = self._pair(deadline)
        if token is not None and token != both.token:
            raise Conflict(f"{self._balance.said} was changed since it was read.")
        for write in both.writes(parts):
            body = properties(write, self._balance.switch)
            self._balance.arm.change(self._balance.path_of(write.name), body, deadline)

    def preview(self, weight: Decimal) -> list[str]:
        parts = self._parts(weight)
        try:
            both = self._pair(self._deadline())
            writes, now = both.writes(parts), f"now {both}"
        except SeamError as error:
            writes, now = self._blind(parts), f"now unknown: {error}"
        told = [f"{write.name} to {write.weight or 'off'}" for write in writes]
        return [f"{self._balance.said}: {', then '.join(told) or 'nothing changes'} ({now})"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`curl`, with what `az account get-access-token` gives as `$TOKEN`."""
        writes = self._blind(self._parts(weight))
        return sheet(self._place, self._balance, writes, self._api_version)

    def check(self) -> list[Finding]:
        return list(self._examine(self._deadline()))

    def close(self) -> None:
        self._balance.arm.close()

    def _examine(self, deadline: Deadline) -> Iterator[Finding]:
        yield from protection(self._place, "the weights we read")
        what = self._balance.said
        try:
            both = self._pair(deadline)
            yield Finding(
                ok=True, what=what, sentence=f"it answers, and both sides are there: {both}."
            )
            yield from self._balance.findings(deadline)
        except SeamError as error:
            yield Finding(ok=False, what=what, sentence=str(error))

    def _blind(self, parts: Parts) -> list[Write]:
        return blind(self._place.blue, self._place.green, parts)

    def _pair(self, deadline: Deadline) -> Pair:
        return pair(self._balance.sides(deadline), self._place.blue, self._place.green)

    def _parts(self, weight: Decimal) -> Parts:
        if why := self.cannot(weight):
            raise Permanent(why)
        return SCALE.parts(weight)

    def _deadline(self) -> Deadline:
        return Deadline(self._place.timeout.total_seconds())


class FrontDoorDriver(_AzureDriver):
    """See `FrontDoorConfig` for its keys."""

    kind: ClassVar[str] = "azure-front-door"
    Config: ClassVar[type[BaseModel]] = FrontDoorConfig
    verify_deadline: ClassVar[float] = 1200.0
    read_interval: ClassVar[float] = 30.0
    tried: ClassVar[str] = "a fake with Azure's login, operations, ranges and busy answers"
    lag = 0.0

    def __init__(self, config: FrontDoorConfig) -> None:
        super().__init__(config, FrontDoor(config), config.api_version)


class TrafficManagerDriver(_AzureDriver):
    """See `TrafficManagerConfig` for its keys."""

    kind: ClassVar[str] = "azure-traffic-manager"
    Config: ClassVar[type[BaseModel]] = TrafficManagerConfig
    verify_deadline: ClassVar[float] = 60.0
    read_interval: ClassVar[float] = 10.0
    tried: ClassVar[str] = "a fake with Azure's login, ranges and busy answers"

    def __init__(self, config: TrafficManagerConfig) -> None:
        super().__init__(config, TrafficManager(config), config.api_version)
        self._ttl = config.ttl

    @property
    def lag(self) -> float:
        """Resolvers keep an answer for its TTL."""
        return float(self._ttl)
