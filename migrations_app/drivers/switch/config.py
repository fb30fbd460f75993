"""What a runbook says about a switch in an application."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Place


def _signing(secret: SecretStr) -> SecretStr:
    prefix, _, text = secret.get_secret_value().partition("_")
    try:
        length = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if prefix != "whsec" or not 24 <= length <= 64:
        raise ValueError("must be whsec_ followed by 24 to 64 random bytes in base64")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_signing)]
SwitchName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SwitchConfig(Place):
    """A number switch holds a percentage. One of words names those for BLUE and for GREEN:
    `at_blue` at 0 %, `at_green` at 100 %, nothing between.

    `signing_secret` never travels. `instances`: how many at least have to report before anything
    counts as read. `timeout` leaves the application a second to hold its answer back until all its
    instances have followed.
    """

    switch: SwitchName
    signing_secret: Secret
    at_blue: Word | None = None
    at_green: Word | None = None
    moves: Literal["share", "mirror"] = "share"
    instances: Annotated[Count, Field(le=10_000)] = 1
    timeout: Patience = timedelta(seconds=5)

    @model_validator(mode="after")
    def _two_words(self) -> Self:
        if (self.at_blue is None) != (self.at_green is None):
            raise ValueError("give both at_blue and at_green, or neither for a percentage")
        if self.at_blue is not None and self.at_blue == self.at_green:
            raise ValueError("at_blue and at_green name the same word")
        if self.at_blue is not None and self.moves == "mirror":
            raise ValueError("a mirror takes a percentage: leave at_blue and at_green out")
        return self

    @property
    def words(self) -> dict[str, int]:
        """GREEN's share by word; empty for a percentage."""
        if self.at_blue is None or self.at_green is None:
            return {}
        return {self.at_blue: 0, self.at_green: 100}

    @property
    def local(self) -> bool:
        """Whether nobody else is on the way there."""
        return urlsplit(self.url).hostname in {"localhost", "127.0.0.1", "::1"}

    @property
    def path(self) -> str:
        return f"/{self.switch}"
