"""Unleash's admin API: JSON Patch on one strategy, with a `test` of the rollout that was read.

Unleash keeps no version of a strategy. It applies the patch to what it reads and then writes the
whole strategy, so two writers in the same few milliseconds can still pass each other: the read-back
finds that. It stores rollouts such as "175"; we send none of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from migrations_app.domain.errors import Conflict, UnknownOutcome
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.flags.driver import FlagDriver
from migrations_app.drivers.flags.seen import Call, Seen, parsed
from migrations_app.drivers.flags.unleash.config import UnleashConfig
from migrations_app.drivers.flags.unleash.state import Feature, seen
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from migrations_app.wire.deadline import Deadline

ROLLOUT = "/parameters/rollout"
REFUSED = "Test operation failed"  # Unleash says so with status 500
MAY = frozenset({"ADMIN", "UPDATE_FEATURE_STRATEGY"})


class _Grant(BaseModel):
    permission: str
    project: str | None = None
    environment: str | None = None


class _Me(BaseModel):
    permissions: list[_Grant]


class UnleashDriver(FlagDriver[UnleashConfig]):
    """A route whose GREEN is a feature that is on. See `UnleashConfig` for its keys."""

    kind: ClassVar[str] = "unleash"
    Config: ClassVar[type[BaseModel]] = UnleashConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True)
    tried: ClassVar[str] = "Unleash 8.2 (open source)"
    name: ClassVar[str] = "Unleash"
    login: ClassVar[str] = "Authorization: $UNLEASH_TOKEN"
    scale: ClassVar[Scale] = Scale("Unleash")

    def _headers(self) -> Mapping[str, str]:
        return {"authorization": self._config.token.get_secret_value()}

    def _read(self, deadline: Deadline) -> Seen:
        answer = self._talk.read(self._config.flag_path, deadline)
        return seen(parsed(Feature, answer, "Unleash"), self._config)

    def _calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        return [self._patch({"op": "test", "path": ROLLOUT, "value": seen.state}, _set(weight))]

    def _blind(self, weight: Decimal) -> list[Call]:
        return [self._patch(_set(weight))]

    @property
    def _blindly(self) -> bool:
        return True

    def _patch(self, *operations: dict[str, str]) -> Call:
        return Call("PATCH", self._config.strategy_path, list(operations))

    def _write(self, seen: Seen, weight: Decimal, deadline: Deadline) -> None:
        try:
            super()._write(seen, weight, deadline)
        except UnknownOutcome as error:
            if REFUSED not in str(error):
                raise
            sentence = f"Somebody moved it while we did: the rollout is no longer {seen.state} %."
            raise Conflict(sentence) from None

    def _typed(self, weight: Decimal) -> list[str]:
        return [*map(self._curl, self._blind(weight)), self._curl_get(self._config.strategy_path)]

    def _rights(self, deadline: Deadline) -> list[Finding]:
        grants = parsed(_Me, self._talk.read("/api/admin/user", deadline), "Unleash").permissions
        if any(self._covers(grant) for grant in grants):
            return [Finding(ok=True, what="token", sentence="It may update the strategy.")]
        sentence = (
            f"Our token may not update strategies of {self._config.project} in "
            f"{self._config.environment}: grant UPDATE_FEATURE_STRATEGY there."
        )
        return [Finding(ok=False, what="token", sentence=sentence)]

    def _covers(self, grant: _Grant) -> bool:
        place = (grant.project or "*", grant.environment or "*")
        ours = (self._config.project, self._config.environment)
        fits = all(has in {"*", wants} for has, wants in zip(place, ours, strict=True))
        return grant.permission in MAY and fits


def _set(weight: Decimal) -> dict[str, str]:
    return {"op": "replace", "path": ROLLOUT, "value": str(int(weight))}
