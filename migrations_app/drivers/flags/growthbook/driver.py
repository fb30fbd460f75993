"""GrowthBook's API v2: a draft with the new coverage, looked at against what is live, published.

A draft made of an older live version is discarded and not published. Publishing merges rule by
rule, so a change of our rule between the look and the publishing is refused by GrowthBook itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from migrations_app.domain.errors import Conflict, SeamError
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.flags.driver import FlagDriver
from migrations_app.drivers.flags.growthbook.config import GrowthBookConfig
from migrations_app.drivers.flags.growthbook.state import Found, seen
from migrations_app.drivers.flags.seen import Call, Seen, parsed
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from migrations_app.wire.deadline import Deadline

WHY = "Warroom moves traffic"


class _Version(BaseModel):
    version: int


class _Draft(BaseModel):
    revision: _Version


class _Merge(BaseModel):
    success: bool
    liveVersion: int


class GrowthBookDriver(FlagDriver[GrowthBookConfig]):
    """A route whose GREEN is the value of a rollout rule. See `GrowthBookConfig` for its keys.

    Steps are tenths of a percent: older SDKs sort users into a thousand buckets.
    """

    kind: ClassVar[str] = "growthbook"
    Config: ClassVar[type[BaseModel]] = GrowthBookConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, finest_step="0.1")
    read_interval: ClassVar[float] = 10.0
    tried: ClassVar[str] = "a server of our own, held against GrowthBook's OpenAPI document"
    name: ClassVar[str] = "GrowthBook"
    login: ClassVar[str] = "Authorization: Bearer $GROWTHBOOK_SECRET"
    scale: ClassVar[Scale] = Scale("GrowthBook", totals=(100, 1000))

    def _headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._config.token.get_secret_value()}"}

    def _read(self, deadline: Deadline) -> Seen:
        answer = self._talk.read(self._config.path, deadline)
        return seen(parsed(Found, answer, self.name).feature, self._config)

    def _calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        return self._blind(weight)

    def _blind(self, weight: Decimal) -> list[Call]:
        return [self._draft(weight), self._publish("VERSION")]

    def _write(self, seen: Seen, weight: Decimal, deadline: Deadline) -> None:
        method, path, body, _ = self._draft(weight)
        made = parsed(_Draft, self._talk.write(method, path, deadline, body=body), self.name)
        version = str(made.revision.version)
        try:
            self._look(version, seen, deadline)
            self._send_all([self._publish(version)], deadline)
        except SeamError:
            self._discard(version, deadline)
            raise

    def _look(self, version: str, seen: Seen, deadline: Deadline) -> None:
        path = f"{self._config.path}/revisions/{version}/merge-status"
        merge = parsed(_Merge, self._talk.read(path, deadline), self.name)
        if merge.liveVersion != seen.state or not merge.success:
            sentence = (
                f"Somebody published revision {merge.liveVersion} while we made ours of "
                f"{seen.state}; ours was discarded."
            )
            raise Conflict(sentence)

    def _discard(self, version: str, deadline: Deadline) -> None:
        """So that no draft of ours is left for somebody to publish. It is not live either way."""
        path = f"{self._config.path}/revisions/{version}/discard"
        with suppress(SeamError):
            self._talk.write("POST", path, deadline, body={})

    def _draft(self, weight: Decimal) -> Call:
        change = {"rule": {"coverage": float(weight / 100)}, "revisionComment": WHY}
        return Call("PUT", self._config.draft_path, change)

    def _publish(self, version: str) -> Call:
        path = f"{self._config.path}/revisions/{version}/publish"
        return Call("POST", path, {"comment": WHY})

    def _typed(self, weight: Decimal) -> list[str]:
        draft = f"VERSION=$({self._curl(self._draft(weight))} | jq .revision.version)"
        publish = self._curl(self._publish("VERSION")).replace("/VERSION/", "/'$VERSION'/")
        return [f"{draft}; {publish}", self._curl_get(self._config.path)]
