"""A share by way of a number in nginx's shared memory, which our `warroom.js` keeps and serves."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Observed
from migrations_app.drivers.share import plain
from migrations_app.wire.curl import curl
from migrations_app.wire.login import sent, typed
from migrations_app.wire.place import protection
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.nginx.config import NginxConfig
    from migrations_app.wire.answer import Answer
    from migrations_app.wire.deadline import Deadline


class Kept(BaseModel):
    """What `warroom.js` answers to GET. `weight` has two decimals at most, as a string."""

    weight: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
    version: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
    route: str


class NjsWay:
    """See `fleet.Node`."""

    def __init__(self, config: NginxConfig) -> None:
        self._config = config
        self._talk = Talk(config, partial(sent, config.auth))

    @property
    def address(self) -> str:
        return f"nginx at {self._config.host}"

    def observe(self, deadline: Deadline) -> Observed:
        kept = self._kept(self._talk.read("", deadline))
        detail = f"{plain(kept.weight)} % to GREEN, by {self._change(kept)}"
        return Observed(kept.weight, kept.version, detail)

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None:
        self._talk.write("PUT", "", deadline, body=_body(weight, token))

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]:
        return [f"PUT {self._config.url}", json.dumps(_body(weight, None))]

    def sheet(self, weight: Decimal) -> list[str]:
        secret = typed(self._config.auth)
        change = curl(self._config, "PUT", "", secret=secret, body=_body(weight, None))
        return [change, curl(self._config, "GET", "", secret=secret)]

    def look(self, deadline: Deadline) -> Iterator[Finding]:
        yield from protection(self._config, "what nginx says it does")
        what = f"njs at {self._config.host}"
        yield Finding(ok=True, what=what, sentence=f"{self.observe(deadline).detail}.")
        sentence = (
            "A reload keeps the share, a restart of nginx forgets it: everything is on BLUE then, "
            "which shows as drift within a second or two."
        )
        yield Finding(ok=True, what="restart", sentence=sentence)

    def close(self) -> None:
        self._talk.close()

    def _kept(self, answer: Answer) -> Kept:
        try:
            kept = Kept.model_validate_json(answer.body)
        except ValidationError as error:
            raise Permanent(
                f"{self._config.url} does not answer as warroom.js does: is it the location with "
                "`js_content warroom.admin`?"
            ) from error
        if kept.route != self._config.name:
            raise Permanent(
                f"{self._config.url} keeps the route {kept.route!r:.60}, not "
                f"{self._config.name!r}: `set $warroom_route` there says which."
            )
        return kept

    def _change(self, kept: Kept) -> str:
        return "no change since nginx started" if kept.version == "0" else f"change {kept.version}"


def _body(weight: Decimal, token: str | None) -> dict[str, str]:
    """Numbers travel as text: 12.1 is no binary fraction."""
    body = {"weight": plain(weight)}
    return body if token is None else {**body, "version": token}
