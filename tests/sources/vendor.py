"""The bench of a source that answers for windows of time, at a fake of its vendor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.sources.build import LONG, NOW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pydantic import BaseModel

    from migrations_app.domain.reading import Outcome
    from migrations_app.sources.base import Source
    from tests.sources.place import Place

DELAY = timedelta(seconds=60)


@dataclass
class VendorBench:
    """`moving` answers with the end of its window, in seconds."""

    place: Place
    kind: type[Source]
    keys: Mapping[str, Any]
    secrets: Sequence[str]
    answers: Mapping[Outcome, str]
    moving: str
    refused: str
    never: Mapping[Outcome, str] = field(default_factory=dict)
    at = NOW

    def moved(self, at: datetime) -> float:
        return round((at - DELAY).timestamp(), 3)

    def config(self, timeout: float = LONG) -> BaseModel:
        given = {"url": self.place.url, "timeout": timeout, "history_timeout": timeout}
        return self.kind.Config.model_validate({**given, **self.keys})

    def open(self, timeout: float = LONG) -> Source:
        return self.kind(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self.place.silent()
