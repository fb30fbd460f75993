"""Azure Front Door (Standard and Premium): origins of one origin group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.finding import Finding
from migrations_app.drivers.azure.arm import Arm
from migrations_app.drivers.azure.sides import Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.azure.config import FrontDoorConfig
    from migrations_app.wire.deadline import Deadline


class FrontDoor:
    switch: Final = "enabledState"

    def __init__(self, config: FrontDoorConfig) -> None:
        self._config = config
        self.arm = Arm(config, config.api_version)
        self.said = f"origin group {config.origin_group}"
        self.list_path = f"{config.path}/origins"
        self.shown = ".value[] | [.name, .properties.enabledState, .properties.weight]"

    def sides(self, deadline: Deadline) -> list[Side]:
        return [_side(origin) for origin in self.arm.all(self.list_path, deadline)]

    def path_of(self, name: str) -> str:
        return f"{self.list_path}/{name}"

    def findings(self, deadline: Deadline) -> Iterator[Finding]:
        group = self.arm.get(self._config.path, deadline).get("properties") or {}
        balance = group.get("loadBalancingSettings") or {}
        if not balance.get("additionalLatencyInMilliseconds"):
            yield self._ill(
                "has a latency sensitivity of 0 ms: each edge sends everything to the origin that "
                "answers it fastest, whatever the weights. Set it to some hundred milliseconds"
            )
        if group.get("sessionAffinityState") == "Enabled":
            yield self._ill(
                "keeps clients where they are by a cookie, also after a rollback to 0 %. Turn "
                "session affinity off while the run lasts"
            )
        if not group.get("healthProbeSettings"):
            yield self._ill("has no health probe, so an origin that died goes on getting traffic")

    def _ill(self, sentence: str) -> Finding:
        return Finding(ok=False, what=self.said, sentence=f"It {sentence}.")


def _side(origin: dict[str, Any]) -> Side:
    told = origin["properties"]
    return Side(
        origin["name"],
        told.get("weight") or 0,
        on=told.get("enabledState") == "Enabled",
        settled=told.get("provisioningState", "Succeeded") == "Succeeded",
        rank=told.get("priority") or 1,
    )
