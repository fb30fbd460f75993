"""One HAProxy and its Data Plane API."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, SeamError, Transient
from migrations_app.drivers.base import Observed
from migrations_app.drivers.haproxy.dataplane.check import findings
from migrations_app.drivers.haproxy.dataplane.plane import Plane
from migrations_app.drivers.haproxy.dataplane.sheet import blind, line, typed
from migrations_app.drivers.haproxy.node import after, in_order
from migrations_app.drivers.haproxy.weights import nearest
from migrations_app.drivers.share import CENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
    from migrations_app.drivers.haproxy.node import Write
    from migrations_app.drivers.haproxy.state import Balance
    from migrations_app.drivers.haproxy.weights import Split
    from migrations_app.wire.deadline import Deadline

TRIES: Final = 3
NOBODYS: Final = CENT  # equals no weight a plan names, so it is repaired or reported


class DataplaneNode:
    """See `fleet.Node`."""

    def __init__(self, config: DataplaneConfig) -> None:
        self._config = config
        self._plane = Plane(config)

    @property
    def address(self) -> str:
        return f"Data Plane API at {self._config.host}"

    def observe(self, deadline: Deadline) -> Observed:
        """GREEN's share by the weights of running servers. `Transient` while none is up."""
        token = self._plane.version(deadline) if self._config.persist else None
        now = self._plane.servers(deadline)
        if now.weight is None:
            told = f"{now}: every server weighs 0, so clients get 503"
            return Observed(NOBODYS, token, told)
        if not now.serves:
            raise Transient(f"Backend {self._config.backend}: no server takes requests ({now}).")
        return Observed(now.weight, token, str(now), self._in_flight(now, deadline))

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None:
        """Set both sides. Without a token, a change of the file in between makes us try again."""
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                return self._set(self._split(weight), token, deadline)
            except Conflict:
                if last or token is not None:
                    raise
        return None

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]:
        """Every request in order, with the weight that is there now."""
        split = self._split(weight)
        try:
            writes = in_order(self._plane.servers(deadline), split)
        except SeamError as error:
            return [*blind(self._config, split), f"It can't be read now: {error}"]
        return [told for write in writes for told in line(self._config, write)]

    def sheet(self, weight: Decimal) -> list[str]:
        """`curl` lines for the running HAProxy, BLUE up first, the read-back last."""
        return typed(self._config, self._split(weight))

    def look(self, deadline: Deadline) -> Iterator[Finding]:
        """The API, the login, both sides, the algorithm, cookies, and what a reload forgets."""
        return findings(self._config, self._plane, deadline)

    def close(self) -> None:
        self._plane.close()

    def _set(self, split: Split, token: str | None, deadline: Deadline) -> None:
        version = self._version(token, deadline)
        done: list[str] = []
        for write, kept in self._steps(in_order(self._plane.servers(deadline), split), token):
            try:
                if kept:
                    version = self._plane.keep(write, str(version), deadline)
                else:
                    self._plane.run(write, deadline)
            except SeamError as error:
                raise self._partly(done, token, error) from error
            done.append(f"{write.server} to {write.weight}{' in the file' if kept else ''}")

    def _steps(self, writes: list[Write], token: str | None) -> list[tuple[Write, bool]]:
        """Each write, and whether it goes to the file. With a token the file comes first, because
        its version guards the rest; without one traffic does, whatever the file's fate."""
        running = [(write, False) for write in writes]
        if not self._config.persist:
            return running
        kept = [(write, True) for write in writes]
        return kept + running if token else running + kept

    def _version(self, token: str | None, deadline: Deadline) -> str | None:
        if not self._config.persist:
            return None
        version = self._plane.version(deadline)
        if token not in {None, version}:
            raise Conflict(
                f"HAProxy's configuration file was changed since it was read: it is at version "
                f"{version}, not {token}."
            )
        return version

    def _partly(self, done: list[str], token: str | None, error: SeamError) -> SeamError:
        """Going back may begin again after somebody else's change, whatever was done before it."""
        if isinstance(error, Conflict) and token is None:
            return error
        return after(done, error)

    def _in_flight(self, now: Balance, deadline: Deadline) -> int | None:
        """Requests at the side that was left. Nobody's flip fails for want of it."""
        sides = ((now.blues, self._config.blue), (now.greens, self._config.green))
        for servers, names in sides:
            if not any(server.weight for server in servers):
                with suppress(SeamError, ValidationError, KeyError, ValueError):
                    return self._plane.sessions(names, deadline)
        return None

    def _split(self, weight: Decimal) -> Split:
        return nearest(weight, self._config.sides)
