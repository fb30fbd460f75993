"""nginx, open source: a share of requests (or of copies of them) for GREEN, in one of three ways.

`split_clients` and `upstream` write a file that nginx includes and have it reload; it counts once
the running generation says that it has loaded it. `njs` keeps the share in shared memory and
reloads nothing. All three compare before they write: by the file's text under a lock, or by the
version that our njs keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.nginx.config import NginxConfig
from migrations_app.drivers.nginx.file_way import FileWay
from migrations_app.drivers.nginx.njs_way import NjsWay
from migrations_app.drivers.share import malformed
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.nginx.way import Way


class NginxDriver:
    """A route through the nginx of this host. See `NginxConfig` for its keys."""

    kind: ClassVar[str] = "nginx"
    Config: ClassVar[type[BaseModel]] = NginxConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "nginx 1.22 and 1.31, njs 0.9.9"
    lag = 0.0

    def __init__(self, config: NginxConfig) -> None:
        self._config = config
        self._way: Way = NjsWay(config) if config.way == "njs" else FileWay(config)

    def cannot(self, weight: Decimal) -> str | None:
        """Every weight of two decimals can be set."""
        return malformed(weight)

    def observe(self) -> Observed:
        """GREEN's share as the running generation tells it."""
        return self._way.observe(self._deadline())

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set it, and wait until nginx says so. `Conflict` if `token` is of an older state."""
        self._refuse(weight)
        self._way.apply(weight, token, self._deadline())

    def preview(self, weight: Decimal) -> list[str]:
        """The lines of the new file and what is done with it, or the request."""
        self._refuse(weight)
        return self._way.preview(weight)

    def manual_commands(self, weight: Decimal) -> list[str]:
        """Shell lines for nginx's host. Both sides change at once."""
        self._refuse(weight)
        return self._way.sheet(weight)

    def check(self) -> list[Finding]:
        """Files, rights, the running generation, and who uses what it decides."""
        return list(self._up_to_an_error())

    def close(self) -> None:
        self._way.close()

    def _up_to_an_error(self) -> Iterator[Finding]:
        try:
            yield from self._way.look(self._deadline())
        except SeamError as error:
            yield Finding(ok=False, what=f"nginx at {self._config.host}", sentence=str(error))

    def _refuse(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())
