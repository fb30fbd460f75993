"""Flagsmith's admin API. It has no version of anything: what is about to be changed is read and
compared just before, and between the two lies one round trip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.flags.driver import FlagDriver
from migrations_app.drivers.flags.flagsmith import option, segment
from migrations_app.drivers.flags.flagsmith.config import FlagsmithConfig
from migrations_app.drivers.flags.seen import Call, Seen, parsed
from migrations_app.drivers.scale import Scale
from migrations_app.wire.curl import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.wire.deadline import Deadline


class FlagsmithDriver(FlagDriver[FlagsmithConfig]):
    """A route whose GREEN are the members of a segment, or those who get one option of a feature.
    See `FlagsmithConfig` for its keys."""

    kind: ClassVar[str] = "flagsmith"
    Config: ClassVar[type[BaseModel]] = FlagsmithConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, just_before=True, finest_step="0.01"
    )
    read_interval: ClassVar[float] = 10.0
    tried: ClassVar[str] = "a server of our own, held against Flagsmith's OpenAPI document"
    name: ClassVar[str] = "Flagsmith"
    login: ClassVar[str] = "Authorization: Api-Key $FLAGSMITH_KEY"
    scale: ClassVar[Scale] = Scale("Flagsmith", totals=(100, 10_000))

    def _headers(self) -> Mapping[str, str]:
        return {"authorization": f"Api-Key {self._config.token.get_secret_value()}"}

    @property
    def _path(self) -> str:
        config = self._config
        return config.segment_path if config.segment else config.state_path

    def _read(self, deadline: Deadline) -> Seen:
        answer = self._talk.read(self._path, deadline)
        if self._config.segment:
            return segment.seen(parsed(segment.Segment, answer, self.name))
        return option.seen(parsed(option.State, answer, self.name), self._config)

    def _calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        make = segment.call if self._config.segment else option.call
        return [make(self._config, seen.state, weight)]

    def _blind(self, weight: Decimal) -> list[Call]:
        make = segment.blind if self._config.segment else option.blind
        return [make(self._config, weight)]

    def _typed(self, weight: Decimal) -> list[str]:
        by_segment = self._config.segment is not None
        change = segment.change(weight) if by_segment else option.change(self._config, weight)
        put = self._curl(Call("PUT", self._path, b"@-")).replace("'@-'", "@-")
        read = self._curl_get(self._path)
        return [f"{read} | jq {quoted(change)} | {put}", read]
