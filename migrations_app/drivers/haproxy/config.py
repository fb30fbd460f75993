"""What a runbook says about a route through HAProxy."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from migrations_app.domain.plan.base import Strict, wrong
from migrations_app.drivers.haproxy.node import Node
from migrations_app.drivers.haproxy.weights import Sides
from migrations_app.drivers.haproxy.wire import parse_address


def _address(text: str) -> str:
    try:
        return str(parse_address(text))
    except ValueError as error:
        raise wrong(str(error)) from error


def _name(text: str) -> str:
    """The letters HAProxy itself allows in names: none can end a command or start another."""
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,64}", text):
        raise wrong("a name in HAProxy has letters, digits and . _ : - only, at most 64 of them")
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(names) <= MOST_SERVERS:
        raise wrong(f"name the servers of this side, from 1 to {MOST_SERVERS}")
    return names


MOST_SERVERS = 64
AddressText = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, AfterValidator(_name)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_several), AfterValidator(_some)]


class HAProxyConfig(Strict):
    """`address` of one process, or `addresses` of all that serve this backend.

    `blue` and `green` are server names in `backend`, one or a list each. `timeout` in seconds
    bounds a whole call, however many commands it takes.
    """

    address: AddressText | None = None
    addresses: Annotated[tuple[AddressText, ...], Field(max_length=32)] = ()
    backend: Name
    blue: Names
    green: Names
    timeout: Annotated[float, Field(gt=0, le=30)] = 2.0

    @model_validator(mode="after")
    def _makes_sense(self) -> HAProxyConfig:
        if bool(self.address) == bool(self.addresses):
            raise wrong("give either `address` or `addresses`, the runtime API of HAProxy")
        if len(set(self.addresses)) < len(self.addresses):
            raise wrong("`addresses` names one address twice")
        named = self.blue + self.green
        if len(set(named)) < len(named):
            raise wrong("`blue` and `green` name a server twice; each is on one side only")
        return self

    @property
    def sides(self) -> Sides:
        return Sides(len(self.blue), len(self.green))

    def nodes(self) -> list[Node]:
        """Every process that has to agree."""
        texts = self.addresses or (self.address or "",)
        return [Node(parse_address(text), self.backend, self.blue, self.green) for text in texts]
