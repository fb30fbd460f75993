"""Flipt, v2 with a revision and v1 without.

In v1 nothing refuses an old write: the flag is read and compared just before, and between the two
lies one round trip. The paths of v1 are those its clients use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.flags.driver import FlagDriver
from migrations_app.drivers.flags.flipt.config import FliptConfig
from migrations_app.drivers.flags.flipt.ways import WAYS
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.flags.seen import Call, Seen
    from migrations_app.wire.deadline import Deadline


class FliptDriver(FlagDriver[FliptConfig]):
    """A route whose GREEN is one value of a boolean flag. See `FliptConfig` for its keys.

    Flipt sorts entities into a hundred buckets, so a share has whole percents.
    """

    kind: ClassVar[str] = "flipt"
    Config: ClassVar[type[BaseModel]] = FliptConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True)
    tried: ClassVar[str] = "a server of our own; v2 held against Flipt's OpenAPI document"
    name: ClassVar[str] = "Flipt"
    login: ClassVar[str] = "Authorization: Bearer $FLIPT_TOKEN"
    scale: ClassVar[Scale] = Scale("Flipt")

    def __init__(self, config: FliptConfig) -> None:
        super().__init__(config)
        self._way = WAYS[config.api](config)

    def _headers(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._config.token.get_secret_value()}"}

    def _read(self, deadline: Deadline) -> Seen:
        return self._way.read(lambda path: self._talk.read(path, deadline))

    def _calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        return self._way.calls(seen, weight)

    def _blind(self, weight: Decimal) -> list[Call]:
        return self._way.blind(weight)

    @property
    def _blindly(self) -> bool:
        return self._config.api == "v1"

    def _typed(self, weight: Decimal) -> list[str]:
        return self._way.typed(weight, self._line)

    def _line(self, asked: Call | str) -> str:
        return self._curl_get(asked) if isinstance(asked, str) else self._curl(asked)
