"""Google Cloud URL map: weighted backend services, or the share of requests mirrored to GREEN.

Unverified against Google: how long the edges take after an operation is done (tens of seconds to
minutes), and `mirrorPercent`, which is in its published API and marked beta by others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.gcp.check import examine
from migrations_app.drivers.gcp.compute import Compute
from migrations_app.drivers.gcp.config import SCALE, UrlMapConfig
from migrations_app.drivers.gcp.maps import mirrored, mirrored_patch, patched, share, weights
from migrations_app.drivers.gcp.sheet import mirroring, sheet, weighed
from migrations_app.drivers.share import malformed, plain
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Any

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.gcp.maps import UrlMap

_TRIES = 3  # at a map that another hand changes just then


class UrlMapDriver:
    """See `UrlMapConfig` for its keys. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "gcp-url-map"
    Config: ClassVar[type[BaseModel]] = UrlMapConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.1"
    )
    verify_deadline: ClassVar[float] = 300.0
    read_interval: ClassVar[float] = 10.0
    tried: ClassVar[str] = "a fake with Google's fingerprints, operations, ranges and tokens"
    lag = 0.0

    def __init__(self, config: UrlMapConfig) -> None:
        self._config = config
        self._compute = Compute(config)

    def __repr__(self) -> str:
        return f"UrlMapDriver({self._config.host})"

    def cannot(self, weight: Decimal) -> str | None:
        return malformed(weight) if self._mirrors else SCALE.cannot(weight)

    def observe(self) -> Observed:
        """The share by the weights, or the percentage that is copied."""
        map_ = self._compute.url_map(self._deadline())
        look = mirrored if self._mirrors else share
        return Observed(look(map_, self._config), map_["fingerprint"], self._told(map_))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Both sides in one request, refused by Google if the map is not what was read. Without a
        token it is tried again on what the other hand left, three times in all."""
        self._possible(weight)
        deadline = self._deadline()
        for tries_left in reversed(range(_TRIES if token is None else 1)):
            map_ = self._compute.url_map(deadline)
            if token is not None and token != map_["fingerprint"]:
                raise Conflict(f"{self._config.said} was changed since it was read.")
            try:
                return self._compute.patch(self._patch(map_, weight), deadline)
            except Conflict:
                if not tries_left:
                    raise
        return None

    def preview(self, weight: Decimal) -> list[str]:
        self._possible(weight)
        try:
            now = "now " + self._told(self._compute.url_map(self._deadline()))
        except SeamError as error:
            now = f"now unknown: {error}"
        return [f"{self._config.said}: {self._wanted(weight)} ({now})"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`curl` and `jq`, with what `gcloud auth print-access-token` prints as `$TOKEN`."""
        self._possible(weight)
        if self._mirrors:
            return sheet(self._config, mirroring(self._config, weight))
        return sheet(self._config, weighed(self._config, SCALE.parts(weight)))

    def check(self) -> list[Finding]:
        return list(examine(self._compute, self._config, self._deadline()))

    def close(self) -> None:
        self._compute.close()

    @property
    def _mirrors(self) -> bool:
        return self._config.moves == "mirror"

    def _patch(self, map_: UrlMap, weight: Decimal) -> dict[str, Any]:
        if self._mirrors:
            return mirrored_patch(map_, self._config, weight)
        return patched(map_, self._config, SCALE.parts(weight))

    def _wanted(self, weight: Decimal) -> str:
        if self._mirrors:
            return f"mirror {plain(weight)} % to {self._config.green}"
        parts = SCALE.parts(weight)
        return f"{self._config.blue} to {parts.blue}, {self._config.green} to {parts.green}"

    def _told(self, map_: UrlMap) -> str:
        if self._mirrors:
            return f"{plain(mirrored(map_, self._config))} % mirrored"
        blue, green = weights(map_, self._config)
        return f"blue {blue}, green {green}"

    def _possible(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())
