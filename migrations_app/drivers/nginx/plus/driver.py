"""NGINX Plus: the weights of an upstream's servers through its REST API. Nothing is reloaded.

One request per server, raises before lowers; a side at 0 is `down` (or drains), as NGINX knows no
weight 0. There is no compare-and-set. Not tried against NGINX Plus itself, which is not to be had
freely: against a server that answers as its documentation says. Unverified: that `drain: false`
ends draining, and that `weight` and `down` may be sent together.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.nginx.plus.check import findings
from migrations_app.drivers.nginx.plus.config import PlusConfig
from migrations_app.drivers.nginx.plus.peers import Peers, peers
from migrations_app.drivers.nginx.plus.sheet import blind, line, typed
from migrations_app.drivers.share import CENT, malformed
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.login import sent
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding

NOBODYS: Final = CENT  # equals no weight a plan names, so it is repaired or reported


class PlusDriver:
    """A route whose sides are servers of one upstream. See `PlusConfig` for its keys."""

    kind: ClassVar[str] = "nginx-plus"
    Config: ClassVar[type[BaseModel]] = PlusConfig
    capabilities: ClassVar[Capabilities] = Capabilities(in_flight=True, finest_step="0.01")
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "a server of ours that answers as the API's documentation says"
    lag = 0.0

    def __init__(self, config: PlusConfig) -> None:
        self._config = config
        self._talk = Talk(config, partial(sent, config.auth))

    def cannot(self, weight: Decimal) -> str | None:
        """Every weight of two decimals can be set."""
        return malformed(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights, and connections at the side that was left.

        `Transient` while no server that should answer is well: no flip is confirmed then.
        """
        now = self._read(self._deadline())
        share = now.share
        if share is None:
            return Observed(NOBODYS, None, f"{now}: no server is given anything")
        if not now.serves:
            raise Transient(f"Upstream {self._config.upstream}: no server is well ({now}).")
        return Observed(share, None, str(now), now.in_flight)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set every server, raises first. `UnknownOutcome` as soon as a part of it was done."""
        del token
        self._refuse(weight)
        deadline = self._deadline()
        done: list[str] = []
        for change in self._read(deadline).changes(self._config, weight):
            path = self._config.server_path(change.peer.id)
            try:
                self._talk.write("PATCH", path, deadline, body=change.body)
            except SeamError as error:
                raise _after(done, error) from error
            done.append(change.peer.server)

    def preview(self, weight: Decimal) -> list[str]:
        """Every request in order, with the server as it is; without ids if it can't be asked."""
        self._refuse(weight)
        try:
            now = self._read(self._deadline())
        except SeamError as error:
            return [*blind(self._config, weight), f"It can't be read now: {error}"]
        return [line(self._config, change) for change in now.changes(self._config, weight)]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`curl` lines that look up each server's id, BLUE up first, the read-back last."""
        self._refuse(weight)
        return typed(self._config, weight)

    def check(self) -> list[Finding]:
        """The API, the right to write, both sides, and what a reload forgets."""
        deadline = self._deadline()
        return findings(self._config, self._talk, deadline)

    def close(self) -> None:
        self._talk.close()

    def _read(self, deadline: Deadline) -> Peers:
        return peers(self._config, self._talk.read(self._config.path, deadline).body)

    def _refuse(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())


def _after(done: list[str], error: SeamError) -> SeamError:
    """The error as it is if nothing was written before it, else `UnknownOutcome`."""
    if not done or isinstance(error, UnknownOutcome):
        return error
    return UnknownOutcome(f"{error} Before that, {', '.join(done)} had been set.")
