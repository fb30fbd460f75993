"""What a runbook says about a route through HAProxy's Data Plane API."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from migrations_app.domain.plan.base import Flag, wrong
from migrations_app.drivers.haproxy.config import Name, Names
from migrations_app.drivers.haproxy.weights import Sides
from migrations_app.wire.place import Auth
from migrations_app.wire.places import Places

_BASE = "/v3/services/haproxy"


class DataplaneConfig(Places):
    """`url` is where the Data Plane API listens, without its version: https://lb-1.example:5555.

    `others`: more of them. `blue` and `green` are names of servers in `backend`, one or a list
    each. `persist`: weights are written into HAProxy's configuration file as well, so that a reload
    keeps them, and nobody's change of that file is overwritten unseen.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth",)

    auth: Auth
    backend: Name
    blue: Names
    green: Names
    persist: Flag = False

    @model_validator(mode="after")
    def _makes_sense(self) -> DataplaneConfig:
        named = self.blue + self.green
        if len(set(named)) < len(named):
            raise wrong("`blue` and `green` name a server twice; each is on one side only")
        if self.auth.basic is None:
            raise wrong("the Data Plane API takes a user name and password: auth.basic")
        if {*named, self.backend} & {".", ".."}:
            raise wrong("`.` and `..` are no names that can be asked for over HTTP")
        return self

    @property
    def sides(self) -> Sides:
        return Sides(len(self.blue), len(self.green))

    @property
    def running(self) -> str:
        """The path of the running servers."""
        return f"{_BASE}/runtime/backends/{self.backend}/servers"

    @property
    def kept(self) -> str:
        """The path of the backend in the configuration file."""
        return f"{_BASE}/configuration/backends/{self.backend}"

    @property
    def version(self) -> str:
        """The path of the configuration file's version."""
        return f"{_BASE}/configuration/version"

    @property
    def numbers(self) -> str:
        """The path of HAProxy's statistics."""
        return f"{_BASE}/stats/native"
