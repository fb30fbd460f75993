"""LaunchDarkly's REST API: JSON Patch on the fallthrough, guarded by the environment's version.

Their semantic patch says the same by ids and knows no version; it is what a person types. That a
failed `test` on that path is refused follows from JSON Patch and was not tried against
LaunchDarkly: whatever it answers, the flag is read again and its version decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.flags.driver import FlagDriver
from migrations_app.drivers.flags.launchdarkly.config import LaunchDarklyConfig
from migrations_app.drivers.flags.launchdarkly.state import UNIT, Flag, Sides, seen
from migrations_app.drivers.flags.seen import Call, Seen, parsed
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.wire.deadline import Deadline

SEMANTIC = "application/json; domain-model=launchdarkly.semanticpatch"


class LaunchDarklyDriver(FlagDriver[LaunchDarklyConfig]):
    """A route whose sides are two variations of a flag. See `LaunchDarklyConfig` for its keys."""

    kind: ClassVar[str] = "launchdarkly"
    Config: ClassVar[type[BaseModel]] = LaunchDarklyConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, finest_step="0.01")
    read_interval: ClassVar[float] = 10.0
    tried: ClassVar[str] = "a server of our own that behaves as LaunchDarkly's API is documented"
    name: ClassVar[str] = "LaunchDarkly"
    login: ClassVar[str] = "Authorization: $LAUNCHDARKLY_TOKEN"
    scale: ClassVar[Scale] = Scale("LaunchDarkly", totals=(100, 10_000))

    def _headers(self) -> Mapping[str, str]:
        token = self._config.token.get_secret_value()
        return {"authorization": token, "ld-api-version": "20240415"}

    def _read(self, deadline: Deadline) -> Seen:
        only = [("env", self._config.environment)]
        answer = self._talk.read(self._config.path, deadline, params=only)
        return seen(parsed(Flag, answer, self.name), self._config)

    def _calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        at = f"/environments/{self._config.environment.replace('~', '~0')}"
        sides: Sides = seen.state
        change = [
            {"op": "test", "path": f"{at}/version", "value": sides.version},
            {"op": "replace", "path": f"{at}/fallthrough", "value": self._rollout(sides, weight)},
        ]
        return [Call("PATCH", self._config.path, change)]

    def _blind(self, weight: Decimal) -> list[Call]:
        green = int(weight * UNIT)
        instruction = {
            "kind": "updateFallthroughVariationOrRollout",
            "rolloutContextKind": self._config.context,
            "rolloutWeights": {
                self._config.blue: 100 * UNIT - green,
                self._config.green: green,
            },
        }
        patch = {"environmentKey": self._config.environment, "instructions": [instruction]}
        return [Call("PATCH", self._config.path, patch, SEMANTIC)]

    @property
    def _blindly(self) -> bool:
        return True

    def _rollout(self, sides: Sides, weight: Decimal) -> dict[str, Any]:
        """With the kind and attribute it is bucketed by now, so that nobody changes sides."""
        green = int(weight * UNIT)
        now = sides.fallthrough.rollout
        kept = now.model_dump(exclude_none=True, exclude={"variations"}) if now else {}
        variations = [
            {"variation": sides.blue, "weight": 100 * UNIT - green},
            {"variation": sides.green, "weight": green},
        ]
        return {"rollout": {"contextKind": self._config.context, **kept, "variations": variations}}

    def _typed(self, weight: Decimal) -> list[str]:
        read = f"{self._config.path}?env={self._config.environment}"
        return [*map(self._curl, self._blind(weight)), self._curl_get(read)]
