"""What a runbook says about a route through Caddy."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, model_validator

from migrations_app.domain.plan.base import wrong
from migrations_app.wire.places import Places

MOST_SERVERS: Final = 64
_HANDLER: Final = re.compile(r"(?:id|config)(?:/[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,99}){1,20}")
_DIAL: Final = re.compile(r"[A-Za-z0-9_.:\[\]/-]{1,253}")


def _handler(path: str) -> str:
    if not _HANDLER.fullmatch(path):
        raise wrong(
            "write `id/NAME` for the reverse_proxy handler with that @id, or its whole path "
            "`config/apps/http/servers/…`"
        )
    return path


def _dial(text: str) -> str:
    if not _DIAL.fullmatch(text):
        raise wrong(f"write an upstream as Caddy dials it, HOST:PORT, not {text!r:.60}")
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(upstreams: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(upstreams) <= MOST_SERVERS:
        raise wrong(f"name the upstreams of this side, from 1 to {MOST_SERVERS}")
    return upstreams


Upstreams = Annotated[
    tuple[Annotated[str, AfterValidator(_dial)], ...],
    BeforeValidator(_several),
    AfterValidator(_some),
]


class CaddyConfig(Places):
    """`url` is the admin API (http://127.0.0.1:2019). `handler` is a `reverse_proxy` in Caddy's
    configuration; `blue` and `green` are the `dial` of upstreams in it, one or a list each.
    `others`: more Caddys."""

    handler: Annotated[str, AfterValidator(_handler)]
    blue: Upstreams
    green: Upstreams

    @model_validator(mode="after")
    def _makes_sense(self) -> CaddyConfig:
        named = self.blue + self.green
        if len(set(named)) < len(named):
            raise wrong("`blue` and `green` name an upstream twice; each is on one side only")
        return self

    @property
    def path(self) -> str:
        return f"/{self.handler}"

    @property
    def policy_path(self) -> str:
        return f"/{self.handler}/load_balancing/selection_policy"
