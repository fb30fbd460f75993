"""Several places that do the same work: the processes of one plane, which all have to agree."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from migrations_app.domain.plan.base import wrong
from migrations_app.wire.place import BaseUrl, Place


class Places(Place):
    """`url` of one process, `others` of all others that serve the same, with the same names, login
    and certificates."""

    others: Annotated[tuple[BaseUrl, ...], Field(max_length=31)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({self.url, *self.others}) <= len(self.others):
            raise wrong("`url` and `others` name one address twice")
        return self

    def each(self) -> list[Self]:
        """The same for every process by itself."""
        urls = (self.url, *self.others)
        return [self.model_copy(update={"url": url, "others": ()}) for url in urls]
