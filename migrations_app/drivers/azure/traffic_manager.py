"""Azure Traffic Manager: endpoints of one profile with weighted routing. It answers DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.azure.arm import Arm
from migrations_app.drivers.azure.shape import TrafficManagerShape
from migrations_app.drivers.azure.sides import Side
from migrations_app.wire.shape import shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.azure.config import TrafficManagerConfig
    from migrations_app.wire.deadline import Deadline

_LONG_S = 60


class TrafficManager:
    switch: Final = "endpointStatus"

    def __init__(self, config: TrafficManagerConfig) -> None:
        self._config = config
        self.arm = Arm(config, config.api_version)
        self.said = f"profile {config.profile}"
        self.list_path = config.path
        self.shown = (
            ".properties.endpoints[] | [.name, .properties.endpointStatus, .properties.weight]"
        )

    def sides(self, deadline: Deadline) -> list[Side]:
        return _sides(self.said, self._profile(deadline))

    def path_of(self, name: str) -> str:
        return f"{self.list_path}/{self._config.endpoints}/{name}"

    def findings(self, deadline: Deadline) -> Iterator[Finding]:
        profile = self._profile(deadline)
        if profile.get("profileStatus") != "Enabled":
            yield self._ill("is disabled: its name is not answered at all. Enable it")
        yield from self._pace(int(profile.get("dnsConfig", {}).get("ttl", 0)))
        for endpoint in profile.get("endpoints", []):
            status = endpoint["properties"].get("endpointMonitorStatus", "unknown")
            if status not in {"Online", "Disabled", "Inactive", "Unmonitored"}:
                yield self._ill(
                    f"sees {endpoint['name']} as {status}: it is left out of the answers, whatever "
                    "its weight. Mend it, or its probe"
                )

    def _profile(self, deadline: Deadline) -> dict[str, Any]:
        told = shaped(TrafficManagerShape, self.arm.get(self.list_path, deadline), "Azure's")
        profile: dict[str, Any] = told["properties"]
        return profile

    def _pace(self, ttl: int) -> Iterator[Finding]:
        if ttl != self._config.ttl:
            yield self._ill(
                f"has a TTL of {ttl} s and the runbook says {self._config.ttl} s: the time of a "
                "rollback is reckoned wrongly. Make both say the same"
            )
        if ttl > _LONG_S:
            yield self._ill(
                f"lets resolvers keep an answer for {ttl} s. Lower its TTL to {_LONG_S} s or less, "
                "one old TTL before the run"
            )

    def _ill(self, sentence: str) -> Finding:
        return Finding(ok=False, what=self.said, sentence=f"It {sentence}.")


def _sides(said: str, profile: dict[str, Any]) -> list[Side]:
    method = profile.get("trafficRoutingMethod")
    if method != "Weighted":
        raise Permanent(f'{said} routes by "{method}", not by weights. Set it to Weighted.')
    told = [(one["name"], one.get("properties", {})) for one in profile.get("endpoints", [])]
    return [
        Side(name, int(own.get("weight") or 0), on=own.get("endpointStatus") == "Enabled")
        for name, own in told
    ]
