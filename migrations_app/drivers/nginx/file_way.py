"""A share by way of an include file and a reload.

Written under a lock, tested by nginx itself before it is told, and done only when the running
generation has said for a while that it loaded this very text: an old generation goes on accepting
connections for a tenth of a second beside the new one.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.base import Observed
from migrations_app.drivers.nginx import file_check, include, sheet
from migrations_app.drivers.nginx.host import Host, undo
from migrations_app.drivers.share import CENT, combined, plain
from migrations_app.wire.answer import clean
from migrations_app.wire.login import sent
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.nginx.config import NginxConfig
    from migrations_app.drivers.nginx.include import Said
    from migrations_app.wire.deadline import Deadline

# nginx's master waits 0.1 s between starting new workers and telling the old ones to stop.
SETTLED: Final = 0.2
_PAUSE: Final = 0.02


class FileWay:
    """See `fleet.Node`."""

    def __init__(self, config: NginxConfig) -> None:
        self._config = config
        self._host = Host(config)
        self._talk = Talk(config, partial(sent, config.auth))

    @property
    def address(self) -> str:
        return f"nginx at {self._config.host}"

    def observe(self, deadline: Deadline) -> Observed:
        """The share of the running generation. A file that was changed by hand is believed no more
        than what it says of itself: then the weight is one that equals none asked for."""
        running = self._said(self._talk.read("", deadline).body)
        found = self._host.text()
        weight, detail = self._meant(running, found)
        return Observed(weight, include.digest(found), detail)

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None:
        with self._host.alone(deadline):
            before = self._host.text()
            if token not in {None, include.digest(before)}:
                raise Conflict(f"{self._host.path} was changed since it was read.")
            wanted = include.text(self._config, weight)
            if before != wanted or not self._runs(weight, deadline):
                self._load(wanted, before, deadline)
                self._until(include.account(self._config, weight), deadline)

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]:
        return sheet.changes(self._config, self._host, weight)

    def sheet(self, weight: Decimal) -> list[str]:
        return sheet.typed(self._config, weight)

    def look(self, deadline: Deadline) -> Iterator[Finding]:
        yield from file_check.look(self._config, self._host, deadline)
        seen = self.observe(deadline)
        yield file_check.running(self._config, seen.detail, as_file=self._as_file(deadline))

    def close(self) -> None:
        self._talk.close()

    def _load(self, wanted: str, before: str, deadline: Deadline) -> None:
        """Up to the signal nothing has happened to traffic, and the file goes back on failure."""
        self._host.pid()
        self._host.write(wanted)
        try:
            self._host.test(deadline)
            self._host.reload(deadline)
        except SeamError as error:
            raise undo(self._host, before, error) from error

    def _until(self, wanted: Said, deadline: Deadline) -> None:
        agreed: float | None = None
        while agreed is None or time.monotonic() < agreed + SETTLED:
            now = time.monotonic()
            agreed = (agreed or now) if self._says(deadline, wanted) == wanted else None
            time.sleep(_PAUSE)

    def _says(self, deadline: Deadline, wanted: Said) -> Said:
        """Asked on a new connection each time, as a kept one would always meet the same worker."""
        try:
            return self._said(self._talk.write("GET", "", deadline).body)
        except SeamError as error:
            raise UnknownOutcome(
                f"nginx was told to reload, but does not say that it runs {wanted}: {error} Its "
                "error log says why; read the weight back."
            ) from error

    def _runs(self, weight: Decimal, deadline: Deadline) -> bool:
        """Whether nothing has to be done. No answer is a no."""
        try:
            running = self._said(self._talk.read("", deadline).body)
        except (Transient, Permanent):
            return False
        return running == include.account(self._config, weight)

    def _as_file(self, deadline: Deadline) -> bool:
        running = self._said(self._talk.read("", deadline).body)
        return include.text(self._config, running.weight) == self._host.text()

    def _said(self, answer: bytes) -> Said:
        text = answer.decode(errors="replace")
        if told := include.said(text):
            return told
        raise Permanent(
            f"{self._config.url} answers {clean(text, 60)!r} and not what the include says of "
            f"itself: have it `return 200 {self._config.variable}_says`."
        )

    def _meant(self, running: Said, found: str) -> tuple[Decimal, str]:
        told = f"{plain(running.weight)} % to GREEN, says the running generation"
        if old := self._host.finishing():
            told += f" ({old} old worker{'s' * (old > 1)} still serving what was begun before)"
        known = running == include.account(self._config, running.weight)
        on_disk = include.written(self._config, found)
        if known and on_disk == running.weight:
            return running.weight, told
        if known and on_disk is not None:
            return running.weight, f"{told}; the file, not loaded, says {plain(on_disk)} %"
        strange = f"{told}, but {self._host.path} is not what Warroom writes: changed by hand?"
        return combined([running.weight, running.weight + CENT]), strange
