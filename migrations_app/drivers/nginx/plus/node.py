"""One NGINX Plus and its API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import SeamError, Transient, UnknownOutcome
from migrations_app.drivers.base import Observed
from migrations_app.drivers.nginx.plus.check import findings
from migrations_app.drivers.nginx.plus.peers import Peers, peers
from migrations_app.drivers.nginx.plus.sheet import blind, line, typed
from migrations_app.drivers.share import CENT
from migrations_app.wire.login import sent
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.nginx.plus.config import PlusConfig
    from migrations_app.wire.deadline import Deadline

NOBODYS: Final = CENT  # equals no weight a plan names, so it is repaired or reported


class PlusNode:
    """One NGINX Plus. See `fleet.Node`."""

    def __init__(self, config: PlusConfig) -> None:
        self._config = config
        self._talk = Talk(config, partial(sent, config.auth))

    @property
    def address(self) -> str:
        return f"NGINX Plus at {self._config.host}"

    def observe(self, deadline: Deadline) -> Observed:
        """GREEN's share by the weights, and connections at the side that was left.

        `Transient` while no server that should answer is well: no flip is confirmed then.
        """
        now = self._read(deadline)
        share = now.share
        if share is None:
            return Observed(NOBODYS, None, f"{now}: no server is given anything")
        if not now.serves:
            raise Transient(f"Upstream {self._config.upstream}: no server is well ({now}).")
        return Observed(share, None, str(now), now.in_flight)

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None:
        """Set every server, raises first. `UnknownOutcome` as soon as a part of it was done."""
        done: list[str] = []
        for change in self._read(deadline).changes(self._config, weight):
            path = self._config.server_path(change.peer.id)
            try:
                self._talk.write("PATCH", path, deadline, body=change.body)
            except SeamError as error:
                raise _after(done, error) from error
            done.append(change.peer.server)

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]:
        """Every request in order, with the server as it is; without ids if it can't be asked."""
        try:
            now = self._read(deadline)
        except SeamError as error:
            return [*blind(self._config, weight), f"It can't be read now: {error}"]
        return [line(self._config, change) for change in now.changes(self._config, weight)]

    def sheet(self, weight: Decimal) -> list[str]:
        """`curl` lines that look up each server's id, BLUE up first, the read-back last."""
        return typed(self._config, weight)

    def look(self, deadline: Deadline) -> Iterator[Finding]:
        """The API, the login, both sides, and what a reload forgets."""
        return findings(self._config, self._talk, deadline)

    def close(self) -> None:
        self._talk.close()

    def _read(self, deadline: Deadline) -> Peers:
        return peers(self._config, self._talk.read(self._config.path, deadline).body)


def _after(done: list[str], error: SeamError) -> SeamError:
    """The error as it is if nothing was written before it, else `UnknownOutcome`."""
    if not done or isinstance(error, UnknownOutcome):
        return error
    return UnknownOutcome(f"{error} Before that, {', '.join(done)} had been set.")
